//! Sets of names: what a slice has seen, told by numbers of 48 or 72 bits.
//!
//! That two of a hundred thousand hashes of 72 bits meet has a chance below one in 10^11, of ten million one in 10^7. Most of a
//! slice's memory goes to these sets, so they lie closer than in a hash table of the standard library, which keeps a third of
//! its places free on the average.

/// Of so many places so many are taken at most: beyond that, making room for one more moves too many others.
const LOAD_MAX: (usize, usize) = (7, 8);
/// A set that is full grows by this part.
const GROWTH: usize = 8;
/// The first places; and so many lie behind the last one that an entry may belong at, so that nothing has to go round.
const SPARE: usize = 16;
/// So many of its first bits say where an entry belongs.
const HOME_BITS: u32 = 32;

/// Entries of so many bytes by their names, which are all of their bits but the last `BESIDE`: what those say is kept beside
/// the name. Names are to be spread evenly, as hashes are.
///
/// They lie in the order of their names, each at the place that its first bits have among all there may be, or close behind;
/// so a look is one look into memory, and to grow is one pass over it. A place of zeros is free.
#[derive(Debug, Clone, Default)]
pub(super) struct Names<const BYTES: usize, const BESIDE: u32> {
    places: Vec<[u8; BYTES]>,
    /// How many of the places an entry may belong at.
    homes: usize,
    taken: usize,
}

impl<const BYTES: usize, const BESIDE: u32> Names<BYTES, BESIDE> {
    const BITS: u32 = BYTES as u32 * u8::BITS;
    const FREE: [u8; BYTES] = [0; BYTES];

    /// The entry of a name, of which what does not fit is left out, with something of `BESIDE` bits beside it; none is zero.
    pub(super) const fn entry(name: u128, beside: u64) -> u128 {
        let name = name & ((1 << (Self::BITS - BESIDE)) - 1);
        let name = if name == 0 { 1 } else { name };
        name << BESIDE | beside as u128 & ((1 << BESIDE) - 1)
    }

    /// Takes an entry; the one that is there under its name already, when one is, stays.
    pub(super) fn insert(&mut self, entry: u128) -> Option<u128> {
        if self.taken * LOAD_MAX.1 >= self.homes * LOAD_MAX.0 {
            self.grow();
        }
        loop {
            let place = match self.find(entry) {
                Ok(known) => return Some(known),
                Err(place) => place,
            };
            let Some(free) = self.places[place..].iter().position(|place| *place == Self::FREE) else {
                self.lengthen();
                continue;
            };
            self.places.copy_within(place..place + free, place + 1);
            self.places[place] = Self::written(entry);
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
        self.places.capacity() * BYTES
    }

    /// The entry that is there under a name, or else where it belongs now, which may be behind the last place.
    fn find(&self, entry: u128) -> Result<u128, usize> {
        let home = Self::home(entry, self.homes);
        for (beyond, place) in self.places[home..].iter().enumerate() {
            let known = Self::read(place);
            if known == 0 || known >> BESIDE > entry >> BESIDE {
                return Err(home + beyond);
            }
            if known >> BESIDE == entry >> BESIDE {
                return Ok(known);
            }
        }
        Err(self.places.len())
    }

    /// Moves every entry into a larger set, where each lies behind the one before it as it did.
    fn grow(&mut self) {
        let homes = self.homes + self.homes / GROWTH + SPARE;
        let larger = Self { places: vec![Self::FREE; homes + SPARE], homes, taken: self.taken };
        let smaller = std::mem::replace(self, larger);
        let mut next = 0;
        for entry in smaller.places.into_iter().filter(|place| *place != Self::FREE) {
            let place = Self::home(Self::read(&entry), homes).max(next);
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
        self.places.resize(self.places.len() + SPARE, Self::FREE);
    }

    /// The place that an entry belongs at, of so many: as far along as its first bits are among all.
    const fn home(entry: u128, homes: usize) -> usize {
        let first = (entry >> (Self::BITS - HOME_BITS)) as u64;
        ((first * homes as u64) >> HOME_BITS) as usize
    }

    fn read(place: &[u8; BYTES]) -> u128 {
        let mut bytes = [0; size_of::<u128>()];
        bytes[..BYTES].copy_from_slice(place);
        u128::from_le_bytes(bytes)
    }

    fn written(entry: u128) -> [u8; BYTES] {
        let mut place = Self::FREE;
        place.copy_from_slice(&entry.to_le_bytes()[..BYTES]);
        place
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use xxhash_rust::xxh3::xxh3_128;

    use super::*;

    type Set = Names<10, 8>;

    proptest! {
        /// Few first words, so that names meet and crowd at both ends.
        #[test]
        fn a_set_knows_what_it_took(entries in prop::collection::vec((0_u32..40, 0_u32..4, any::<u8>()), 0..600)) {
            let mut names = Set::default();
            let mut known: HashMap<u128, u128> = HashMap::new();
            for (first, last, beside) in entries {
                let word = if first < 20 { first } else { u32::MAX - first };
                let name = u128::from(word) << 40 | u128::from(last) | 1 << 20;
                let entry = Set::entry(name, beside.into());
                prop_assert_eq!(names.insert(entry), known.get(&name).copied());
                known.entry(name).or_insert(entry);
                prop_assert_eq!(names.len(), known.len());
            }
            for (name, entry) in known {
                prop_assert_eq!(names.insert(Set::entry(name, !(entry as u64))), Some(entry));
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
        assert!((10.0..=10.0 * 1.3).contains(&each), "{each} bytes for each name of ten");
    }

    #[test]
    fn what_is_beside_a_name_is_no_part_of_it() {
        let all = u64::MAX;
        assert_eq!(Set::entry(u128::MAX, 0x1AB), (1 << 80) - 1 - 0x54);
        assert_eq!(Set::entry(0, all), 0x1FF, "of what is too much the last bits");
        assert_eq!(Names::<8, 0>::entry(u128::MAX, 0), u128::from(all));
        assert_eq!(Names::<8, 0>::entry(0, all), 1);
    }

    #[test]
    fn no_name_is_taken_for_a_free_place() {
        for name in [0, 1 << 72, 7 << 100] {
            let mut names = Set::default();
            assert_eq!((names.insert(Set::entry(name, 0)), names.len()), (None, 1));
            assert_eq!((names.insert(Set::entry(name, 5)), names.len()), (Some(0x100), 1));
        }
    }
}
