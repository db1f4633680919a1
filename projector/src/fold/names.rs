//! Sets of names: what a slice has seen, told by hashes of 96 bits.
//!
//! That two of ten million names of a slice meet has a chance below one in 10^14. Most of a slice's memory goes to these sets,
//! so they lie closer than in a hash table of the standard library, which keeps a third of its places free on the average.

use std::cmp::Ordering;

/// How many words of an entry are its name.
const NAME_WORDS: usize = 3;
/// Of so many places so many are taken at most: beyond that, making room for one more moves too many others.
const LOAD_MAX: (usize, usize) = (7, 8);
/// A set that is full grows by this part.
const GROWTH: usize = 5;
/// The first places; and so many lie behind the last one that an entry may belong at, so that nothing has to go round.
const SPARE: usize = 16;

/// Entries of `WORDS` words by their names, which are the first three; the others are what is kept beside a name.
///
/// They lie in the order of their names, each at the place that its first word has among all words, or close behind; so a
/// look is one look into memory, and to grow is one pass over it. A place with the name zero is free.
#[derive(Debug, Clone, Default)]
pub(super) struct Names<const WORDS: usize> {
    places: Vec<[u32; WORDS]>,
    /// How many of the places an entry may belong at.
    homes: usize,
    taken: usize,
}

/// The name of 96 bits of a hash; none is zero.
pub(super) const fn name(hash: u128) -> [u32; NAME_WORDS] {
    match [hash as u32, (hash >> 32) as u32, (hash >> 64) as u32] {
        [0, 0, 0] => [0, 0, 1],
        name => name,
    }
}

impl<const WORDS: usize> Names<WORDS> {
    /// Takes an entry; the one that is there under its name already, when one is, stays.
    pub(super) fn insert(&mut self, entry: [u32; WORDS]) -> Option<[u32; WORDS]> {
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
        self.places.capacity() * size_of::<[u32; WORDS]>()
    }

    /// Where the entry of a name is, or else belongs now, which may be behind the last place.
    fn find(&self, entry: &[u32; WORDS]) -> Result<usize, usize> {
        let home = home(entry, self.homes);
        for (beyond, known) in self.places[home..].iter().enumerate() {
            if is_free(known) {
                return Err(home + beyond);
            }
            match known[..NAME_WORDS].cmp(&entry[..NAME_WORDS]) {
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
        let larger = Self { places: vec![[0; WORDS]; homes + SPARE], homes, taken: self.taken };
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
        self.places.resize(self.places.len() + SPARE, [0; WORDS]);
    }
}

/// The place that an entry belongs at, of so many: as far along as its first word is among all words.
fn home<const WORDS: usize>(entry: &[u32; WORDS], homes: usize) -> usize {
    ((u64::from(entry[0]) * homes as u64) >> 32) as usize
}

fn is_free<const WORDS: usize>(place: &[u32; WORDS]) -> bool {
    place[..NAME_WORDS] == [0; NAME_WORDS]
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few first words, so that names meet and crowd at both ends.
        #[test]
        fn a_set_knows_what_it_took(entries in prop::collection::vec((0_u32..40, 0_u32..4, any::<u32>()), 0..600)) {
            let mut names = Names::default();
            let mut known: HashMap<[u32; NAME_WORDS], u32> = HashMap::new();
            for (first, second, beside) in entries {
                let word = if first < 20 { first } else { u32::MAX - first };
                let name = [word, second, 1];
                let before = names.insert([word, second, 1, beside]);
                prop_assert_eq!(before.map(|entry| entry[3]), known.get(&name).copied());
                known.entry(name).or_insert(beside);
                prop_assert_eq!(names.len(), known.len());
            }
            for (name, beside) in known {
                let [first, second, third] = name;
                prop_assert_eq!(names.insert([first, second, third, !beside]), Some([first, second, third, beside]));
            }
        }
    }

    #[test]
    fn names_that_are_spread_lie_close() {
        let mut names = Names::default();
        let count = 100_000_u64;
        let entry = |number: u64| name(xxhash_rust::xxh3::xxh3_128(&number.to_le_bytes()));
        assert!((0..count).all(|number| names.insert(entry(number)).is_none()));
        assert!((0..count).all(|number| names.insert(entry(number)) == Some(entry(number))));
        let each = names.bytes() as f64 / count as f64;
        assert!((12.0..=12.0 * 1.5).contains(&each), "{each} bytes for each name of twelve");
    }

    #[test]
    fn no_name_is_taken_for_a_free_place() {
        assert_eq!(name(0), [0, 0, 1]);
        assert_eq!(name(7 << 96), [0, 0, 1]);
        assert_eq!(name(u128::MAX), [u32::MAX; 3]);
        let mut names = Names::<3>::default();
        assert_eq!((names.insert(name(0)), names.insert(name(0))), (None, Some([0, 0, 1])));
    }
}
