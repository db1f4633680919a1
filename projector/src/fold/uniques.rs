//! Multisets of small numbers, of which is asked how many distinct ones they have.

use super::contribution::Tally;
use super::memory::grow_a_little;

/// Numbers, each as often as it was added and not taken back, in their order.
///
/// A medium's are some ten, of which a hash table takes three times the memory. Who is new has the largest number, so that
/// little is moved for one more in a long list.
#[derive(Debug, Clone, Default)]
pub struct Uniques {
    numbers: Vec<u32>,
    distinct: u32,
}

impl Uniques {
    /// About how much memory a number takes, with what is free in a list that grows by a quarter.
    pub const NUMBER_BYTES: usize = size_of::<u32>() + 1;

    /// Adds a number, or takes it back once.
    pub fn tally(&mut self, number: u32, tally: Tally) {
        let place = self.numbers.partition_point(|known| *known < number);
        let are_there = self.numbers[place..].iter().take(2).filter(|known| **known == number).count();
        match tally {
            Tally::Add => {
                self.distinct += u32::from(are_there == 0);
                grow_a_little(&mut self.numbers);
                self.numbers.insert(place, number);
            }
            Tally::Retract if are_there > 0 => {
                self.distinct -= u32::from(are_there == 1);
                self.numbers.remove(place);
            }
            Tally::Retract => {}
        }
    }

    /// How many distinct numbers there are.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        u64::from(self.distinct)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_counts_until_it_is_taken_back_as_often_as_added(
            deeds in prop::collection::vec((0_u32..6, any::<bool>()), 0..80),
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
}
