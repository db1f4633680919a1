//! Sets of names: what a slice has seen, told by hashes of 80 or 96 bits.
//!
//! That two of a hundred thousand names of 80 bits meet has a chance below one in 10^14, of ten million one in 10^10. Most of a
//! slice's memory goes to these sets, so they lie closer than in a hash table of the standard library, which keeps a third of
//! its places free on the average.

use std::cmp::Ordering;

/// Of so many places so many are taken at most: beyond that, making room for one more moves too many others.
const LOAD_MAX: (usize, usize) = (7, 8);
/// A set that is full grows by this part.
const GROWTH: usize = 5;
/// The first places; and so many lie behind the last one that an entry may belong at, so that nothing has to go round.
const SPARE: usize = 16;
const FREE: Entry = [0; 3];

/// A name, and in its last bits what is kept beside it.
pub(super) type Entry = [u32; 3];

/// Entries by their names, which are all of their bits but the last `BESIDE`.
///
/// They lie in the order of their names, each at the place that its first word has among all words, or close behind; so a
/// look is one look into memory, and to grow is one pass over it. A place of zeros is free.
#[derive(Debug, Clone, Default)]
pub(super) struct Names<const BESIDE: u32> {
    places: Vec<Entry>,
    /// How many of the places an entry may belong at.
    homes: usize,
    taken: usize,
}

impl<const BESIDE: u32> Names<BESIDE> {
    /// The bits of the last word that are no part of the name.
    const MASK: u32 = (1 << BESIDE) - 1;

    /// The entry of a hash, with something of `BESIDE` bits beside its name; none is zero.
    pub(super) const fn entry(hash: u128, beside: u32) -> Entry {
        let beside = beside & Self::MASK;
        match [hash as u32, (hash >> 32) as u32, (hash >> 64) as u32 & !Self::MASK] {
            [0, 0, 0] => [0, 1, beside],
            [first, second, third] => [first, second, third | beside],
        }
    }

    const fn name(entry: &Entry) -> Entry {
        [entry[0], entry[1], entry[2] & !Self::MASK]
    }

    /// Takes an entry; the one that is there under its name already, when one is, stays.
    pub(super) fn insert(&mut self, entry: Entry) -> Option<Entry> {
        if self.taken * LOAD_MAX.1 >= self.homes * LOAD_MAX.0 {
            self.grow();
        }
        loop {
            let place = match self.find(&entry) {
                Ok(place) => return Some(self.places[place]),
                Err(place) => place,
            };
            let Some(free) = self.places[place..].iter().position(is_free) else {
                self.lengthen();
                continue;
            };
            self.places.copy_within(place..place + free, place + 1);
            self.places[place] = entry;
            self.taken += 1;
            return None;
        }
    }

    /// How many entries there are.
    pub(super) const fn len(&self) -> usize {
        self.taken
    }

    /// How much memory they take, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<Entry>()
    }

    /// Where the entry of a name is, or else belongs now, which may be behind the last place.
    fn find(&self, entry: &Entry) -> Result<usize, usize> {
        let home = home(entry, self.homes);
        for (beyond, known) in self.places[home..].iter().enumerate() {
            if is_free(known) {
                return Err(home + beyond);
            }
            match Self::name(known).cmp(&Self::name(entry)) {
                Ordering::Less => {}
                Ordering::Equal => return Ok(home + beyond),
                Ordering::Greater => return Err(home + beyond),
            }
        }
        Err(self.places.len())
    }

    /// Moves every entry into a larger set, where each lies behind the one before it as it did.
    fn grow(&mut self) {
        let homes = self.homes + self.homes / GROWTH + SPARE;
        let larger = Self { places: vec![FREE; homes + SPARE], homes, taken: self.taken };
        let smaller = std::mem::replace(self, larger);
        let mut next = 0;
        for entry in smaller.places.into_iter().filter(|place| !is_free(place)) {
            let place = home(&entry, homes).max(next);
            if place == self.places.len() {
                self.lengthen();
            }
            self.places[place] = entry;
            next = place + 1;
        }
    }

    /// Adds places behind the last one, for names that crowd there.
    fn lengthen(&mut self) {
        self.places.reserve_exact(SPARE);
        self.places.resize(self.places.len() + SPARE, FREE);
    }
}

/// The place that an entry belongs at, of so many: as far along as its first word is among all words.
fn home(entry: &Entry, homes: usize) -> usize {
    ((u64::from(entry[0]) * homes as u64) >> 32) as usize
}

fn is_free(place: &Entry) -> bool {
    *place == FREE
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use xxhash_rust::xxh3::xxh3_128;

    use super::*;

    type Set = Names<16>;

    proptest! {
        /// Few first words, so that names meet and crowd at both ends.
        #[test]
        fn a_set_knows_what_it_took(entries in prop::collection::vec((0_u32..40, 0_u32..4, any::<u16>()), 0..600)) {
            let mut names = Set::default();
            let mut known: HashMap<u128, Entry> = HashMap::new();
            for (first, second, beside) in entries {
                let word = if first < 20 { first } else { u32::MAX - first };
                let hash = u128::from(word) | u128::from(second) << 32 | 1 << 80;
                let entry = Set::entry(hash, beside.into());
                prop_assert_eq!(names.insert(entry), known.get(&hash).copied());
                known.entry(hash).or_insert(entry);
                prop_assert_eq!(names.len(), known.len());
            }
            for (hash, entry) in known {
                prop_assert_eq!(names.insert(Set::entry(hash, !entry[2])), Some(entry));
            }
        }
    }

    #[test]
    fn names_that_are_spread_lie_close() {
        let mut names = Set::default();
        let count = 100_000_u64;
        let entry = |number: u64| Set::entry(xxh3_128(&number.to_le_bytes()), 7);
        assert!((0..count).all(|number| names.insert(entry(number)).is_none()));
        assert!((0..count).all(|number| names.insert(entry(number)) == Some(entry(number))));
        let each = names.bytes() as f64 / count as f64;
        assert!((12.0..=12.0 * 1.5).contains(&each), "{each} bytes for each name of twelve");
    }

    #[test]
    fn what_is_beside_a_name_is_no_part_of_it() {
        let all = u32::MAX;
        assert_eq!(Set::entry(u128::MAX, 0xABCD), [all, all, 0xFFFF_ABCD]);
        assert_eq!(Set::entry(0, all), [0, 1, 0xFFFF], "of what is too much the last bits");
        assert_eq!(Names::<0>::entry(u128::MAX, 0), [all; 3]);
        assert_eq!(Names::<0>::entry(0, all), [0, 1, 0]);
    }

    #[test]
    fn no_name_is_taken_for_a_free_place() {
        for hash in [0, 0xFFFF << 64, 7 << 96] {
            let mut names = Set::default();
            assert_eq!((names.insert(Set::entry(hash, 0)), names.len()), (None, 1));
            assert_eq!((names.insert(Set::entry(hash, 5)), names.len()), (Some([0, 1, 0]), 1));
        }
    }
}
