//! Multisets of small numbers, of which is asked how many distinct ones they have.

use smallvec::SmallVec;

use super::contribution::Tally;
use super::memory::{ALLOCATION, growth};

/// Numbers, each as often as it was added and not taken back, in their order.
///
/// A medium's are some ten, of which a hash table takes three times the memory. Who is new has the largest number, so that
/// little is moved for one more in a long list.
#[derive(Debug, Clone)]
pub struct Uniques(Numbers);

/// So few numbers lie in their medium's counters, at no cost: a list beside would take as much to say where it is.
const BESIDE: usize = 8;

/// How many are distinct stands in each, since beside them it would take eight bytes more of every medium.
#[derive(Debug, Clone)]
enum Numbers {
    /// As long as all of them are of two bytes.
    Short {
        numbers: SmallVec<[u16; BESIDE]>,
        distinct: u32,
    },
    Long {
        numbers: SmallVec<[u32; BESIDE / 2]>,
        distinct: u32,
    },
}

impl Default for Uniques {
    fn default() -> Self {
        Self(Numbers::Short { numbers: SmallVec::new(), distinct: 0 })
    }
}

impl Uniques {
    /// Adds a number, or takes it back once.
    pub fn tally(&mut self, number: u32, tally: Tally) {
        match (&mut self.0, u16::try_from(number)) {
            (Numbers::Short { numbers, distinct }, Ok(short)) => change(numbers, distinct, short, tally),
            (Numbers::Long { numbers, distinct }, _) => change(numbers, distinct, number, tally),
            (Numbers::Short { numbers, distinct }, Err(_)) => {
                let mut distinct = *distinct;
                let mut longer = SmallVec::with_capacity(numbers.capacity());
                longer.extend(numbers.iter().map(|short| u32::from(*short)));
                change(&mut longer, &mut distinct, number, tally);
                self.0 = Numbers::Long { numbers: longer, distinct };
            }
        }
    }

    /// How many distinct numbers there are.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        match self.0 {
            Numbers::Short { distinct, .. } | Numbers::Long { distinct, .. } => distinct.into(),
        }
    }

    /// How much memory they take beside themselves, in bytes.
    #[must_use]
    pub fn allocated(&self) -> usize {
        match &self.0 {
            Numbers::Short { numbers, .. } => allocated(numbers),
            Numbers::Long { numbers, .. } => allocated(numbers),
        }
    }
}

fn change<A>(numbers: &mut SmallVec<A>, distinct: &mut u32, number: A::Item, tally: Tally)
where
    A: smallvec::Array,
    A::Item: Copy + Ord,
{
    let place = numbers.partition_point(|known| *known < number);
    let are_there = numbers[place..].iter().take(2).filter(|known| **known == number).count();
    match tally {
        Tally::Add => {
            *distinct += u32::from(are_there == 0);
            // Of itself it would double.
            if numbers.len() == numbers.capacity() {
                numbers.reserve_exact(growth(numbers.len()));
            }
            numbers.insert(place, number);
        }
        Tally::Retract if are_there > 0 => {
            *distinct -= u32::from(are_there == 1);
            numbers.remove(place);
        }
        Tally::Retract => {}
    }
}

fn allocated<A: smallvec::Array>(numbers: &SmallVec<A>) -> usize {
    if numbers.spilled() { numbers.capacity() * size_of::<A::Item>() + ALLOCATION } else { 0 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// A few, on both sides of what two bytes say.
    fn numbers() -> impl Strategy<Value = u32> {
        prop_oneof![4 => 0_u32..6, 1 => 65_533_u32..65_539]
    }

    proptest! {
        #[test]
        fn a_number_counts_until_it_is_taken_back_as_often_as_added(
            deeds in prop::collection::vec((numbers(), any::<bool>()), 0..80),
        ) {
            let mut uniques = Uniques::default();
            let mut times: BTreeMap<u32, u32> = BTreeMap::new();
            for (number, is_added) in deeds {
                let tally = if is_added { Tally::Add } else { Tally::Retract };
                uniques.tally(number, tally);
                let times_of = times.entry(number).or_default();
                *times_of = if is_added { *times_of + 1 } else { times_of.saturating_sub(1) };
                let distinct = times.values().filter(|times| **times > 0).count();
                prop_assert_eq!(uniques.distinct(), distinct as u64);
            }
        }
    }

    #[test]
    fn few_numbers_take_nothing_beside_their_medium_and_many_two_bytes_each_or_four() {
        let mut uniques = Uniques::default();
        (0..8).for_each(|number| uniques.tally(number, Tally::Add));
        assert_eq!((uniques.distinct(), uniques.allocated()), (8, 0));
        assert_eq!(size_of::<Uniques>(), 32);
        (8..10_000).for_each(|number| uniques.tally(number, Tally::Add));
        assert!((20_000..26_000).contains(&uniques.allocated()), "{}", uniques.allocated());
        uniques.tally(1 << 16, Tally::Add);
        assert!((40_000..52_000).contains(&uniques.allocated()), "{}", uniques.allocated());
        assert_eq!(uniques.distinct(), 10_001);
    }
}
