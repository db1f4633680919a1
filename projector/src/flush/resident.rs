//! The slice states in memory, bounded in bytes: the least recently touched go first.

use rustc_hash::FxHashMap;

use crate::fold::slice::Slice;
use crate::fold::slice_key::SliceKey;

struct Entry {
    slice: Slice,
    /// The flush that last touched it.
    touched: u64,
}

/// Resident slices.
pub(super) struct Resident {
    slices: FxHashMap<SliceKey, Entry>,
    bytes_max: usize,
}

impl Resident {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { slices: FxHashMap::default(), bytes_max }
    }

    pub(super) fn contains(&self, key: &SliceKey) -> bool {
        self.slices.contains_key(key)
    }

    /// The state of a slice, begun when absent, touched by flush `number`.
    pub(super) fn touch(&mut self, key: SliceKey, number: u64) -> &mut Slice {
        let entry = self.slices.entry(key).or_insert_with(|| Entry { slice: Slice::new(key), touched: number });
        entry.touched = number;
        &mut entry.slice
    }

    /// A state that was worked out anew, for flush `number`.
    pub(super) fn put(&mut self, slice: Slice, number: u64) {
        self.slices.insert(slice.key(), Entry { slice, touched: number });
    }

    pub(super) fn clear(&mut self) {
        self.slices.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.slices.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.slices.values().map(|entry| entry.slice.state_bytes()).sum()
    }

    /// Evicts down to the budget, but no slice whose events a flush after `written` still has to write: it could not
    /// be read back.
    pub(super) fn evict(&mut self, written: u64) {
        let mut bytes = self.bytes();
        if bytes <= self.bytes_max {
            return;
        }
        let mut candidates: Vec<(u64, SliceKey, usize)> = self
            .slices
            .iter()
            .filter(|(_, entry)| entry.touched <= written)
            .map(|(key, entry)| (entry.touched, *key, entry.slice.state_bytes()))
            .collect();
        candidates.sort_unstable();
        for (_, key, state_bytes) in candidates {
            if bytes <= self.bytes_max {
                return;
            }
            self.slices.remove(&key);
            bytes -= state_bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loupe_schemas::ids::{AccountId, CollectionId};
    use loupe_schemas::time::Day;

    fn key(number: u64) -> SliceKey {
        SliceKey { account_id: AccountId(1), collection_id: CollectionId(number), day: Day(1) }
    }

    #[test]
    fn the_least_recently_touched_written_slice_goes_first() {
        let one = Slice::new(key(0)).state_bytes();
        let mut resident = Resident::new(2 * one);
        for number in 1..=3 {
            resident.touch(key(number), number);
        }
        resident.touch(key(1), 4);
        resident.evict(1);
        assert_eq!(resident.len(), 3, "nothing is written yet but flush 1, whose slice was touched since");
        resident.evict(4);
        assert!(resident.contains(&key(1)) && !resident.contains(&key(2)) && resident.contains(&key(3)));
    }
}
