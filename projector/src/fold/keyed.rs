//! Values by key, lying close.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxBuildHasher;

use super::memory::{self, grow_a_little};

/// Values by key, each with a number: the first has 0, and none ever goes.
///
/// Entries lie in a list that grows by a quarter, in the order they came, and a hash table has their numbers: a table of the
/// entries themselves doubles, and keeps a third of its places free on the average, each as large as an entry.
#[derive(Debug, Clone)]
pub(super) struct Keyed<K, V> {
    numbers: HashTable<u32>,
    entries: Vec<(K, V)>,
}

impl<K, V> Default for Keyed<K, V> {
    fn default() -> Self {
        Self { numbers: HashTable::new(), entries: Vec::new() }
    }
}

impl<K: Eq + Hash, V> Keyed<K, V> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The number of a key that has a value.
    pub(super) fn number(&self, key: &K) -> Option<u32> {
        self.numbers.find(hash(key), |number| self.entries[*number as usize].0 == *key).copied()
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.number(key).map(|number| &self.entries[number as usize].1)
    }

    /// The key and value that have a number.
    pub(super) fn entry(&self, number: u32) -> &(K, V) {
        &self.entries[number as usize]
    }

    /// The value that has a number.
    pub(super) fn numbered(&mut self, number: u32) -> &mut V {
        &mut self.entries[number as usize].1
    }

    /// The number and value of a key, which is given one when it has none.
    pub(super) fn or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> (u32, &mut V) {
        let entries = &mut self.entries;
        let found = self.numbers.entry(
            hash(&key),
            |number| entries[*number as usize].0 == key,
            |number| hash(&entries[*number as usize].0),
        );
        let number = match found {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                let number = entries.len() as u32;
                free.insert(number);
                grow_a_little(entries);
                entries.push((key, value()));
                number
            }
        };
        (number, &mut entries[number as usize].1)
    }

    /// Sets the value of a key; the one it had, if it had one.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(number) = self.number(&key) {
            return Some(std::mem::replace(self.numbered(number), value));
        }
        self.or_insert_with(key, || value);
        None
    }

    /// Keys and values, in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.entries.iter()
    }

    /// How much memory they take, in bytes, without what values have allocated for themselves.
    pub(super) fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<(K, V)>() + memory::table::<u32>(self.numbers.capacity())
    }
}

/// A number of 128 bits in two halves: where it is a key, entries need not begin at multiples of sixteen bytes.
pub(super) const fn halves(number: u128) -> [u64; 2] {
    [number as u64, (number >> 64) as u64]
}

/// The number that these are the halves of.
pub(super) const fn whole([low, high]: [u64; 2]) -> u128 {
    (high as u128) << 64 | low as u128
}

fn hash<K: Hash>(key: &K) -> u64 {
    FxBuildHasher.hash_one(key)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_has_its_value_and_its_number_however_many_come(keys in prop::collection::vec(0_u64..300, 0..900)) {
            let mut keyed: Keyed<u64, u32> = Keyed::default();
            let mut known: HashMap<u64, (u32, u32)> = HashMap::new();
            for key in keys {
                let next = known.len() as u32;
                let (number, times) = keyed.or_insert_with(key, || 0);
                *times += 1;
                let expected = known.entry(key).or_insert((next, 0));
                expected.1 += 1;
                prop_assert_eq!(number, expected.0);
            }
            prop_assert_eq!(keyed.len(), known.len());
            for key in 0..300 {
                let expected = known.get(&key);
                prop_assert_eq!(keyed.number(&key), expected.map(|(number, _)| *number));
                prop_assert_eq!(keyed.get(&key), expected.map(|(_, times)| times));
            }
            let times: u32 = keyed.iter().map(|(_, times)| times).sum();
            prop_assert_eq!(times, known.values().map(|(_, times)| times).sum::<u32>());
        }
    }

    #[test]
    fn an_entry_takes_little_more_than_itself() {
        let mut keyed: Keyed<u64, u64> = Keyed::default();
        for key in 0..100_000 {
            *keyed.or_insert_with(key, || 0).1 += key;
            let number = keyed.number(&key).expect("it is there");
            assert_eq!(*keyed.numbered(number), key);
            assert_eq!(keyed.insert(key, key + 1), Some(key));
        }
        let each = keyed.bytes() as f64 / 100_000.0;
        assert!((16.0 + 5.0..16.0 * 1.25 + 12.0).contains(&each), "{each} bytes for an entry of sixteen");
    }
}
