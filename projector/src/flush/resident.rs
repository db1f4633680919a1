//! The slice states in memory, bounded in bytes: the least recently touched go first. They lie in shards, which can be
//! folded at the same time.

use std::collections::BTreeSet;
use std::hash::BuildHasher;

use loupe_schemas::ids::AccountId;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::fold::slice::Slice;
use crate::fold::slice_key::SliceKey;

struct Entry {
    slice: Slice,
    /// The flush that last touched it.
    touched: u64,
}

/// Resident slices, some of them.
#[derive(Default)]
pub(super) struct Shard {
    slices: FxHashMap<SliceKey, Entry>,
}

impl Shard {
    /// The state of a slice, begun when absent, touched by flush `number`.
    pub(super) fn touch(&mut self, key: SliceKey, number: u64) -> &mut Slice {
        let entry = self.slices.entry(key).or_insert_with(|| Entry { slice: Slice::new(key), touched: number });
        entry.touched = number;
        &mut entry.slice
    }
}

/// Resident slices.
pub(super) struct Resident {
    shards: Vec<Shard>,
    bytes_max: usize,
}

impl Resident {
    /// No slices, in so many shards.
    pub(super) fn new(bytes_max: usize, shards: usize) -> Self {
        Self { shards: (0..shards.max(1)).map(|_| Shard::default()).collect(), bytes_max }
    }

    /// Every shard, each with its place.
    pub(super) fn shards(&mut self) -> &mut [Shard] {
        &mut self.shards
    }

    /// The place of the shard a slice lies in.
    pub(super) fn shard_of(&self, key: &SliceKey) -> usize {
        // The map within a shard takes the low bits and the highest seven.
        (FxBuildHasher.hash_one(key) >> 32) as usize % self.shards.len()
    }

    pub(super) fn contains(&self, key: &SliceKey) -> bool {
        self.shards[self.shard_of(key)].slices.contains_key(key)
    }

    /// A slice, when it is resident.
    pub(super) fn get(&self, key: &SliceKey) -> Option<&Slice> {
        self.shards[self.shard_of(key)].slices.get(key).map(|entry| &entry.slice)
    }

    /// A state that was worked out anew, for flush `number`.
    pub(super) fn put(&mut self, slice: Slice, number: u64) {
        let shard = self.shard_of(&slice.key());
        self.shards[shard].slices.insert(slice.key(), Entry { slice, touched: number });
    }

    pub(super) fn clear(&mut self) {
        self.shards.iter_mut().for_each(|shard| shard.slices.clear());
    }

    pub(super) fn forget(&mut self, accounts: &BTreeSet<AccountId>) {
        self.shards.iter_mut().for_each(|shard| shard.slices.retain(|key, _| !accounts.contains(&key.account_id)));
    }

    fn entries(&self) -> impl Iterator<Item = (&SliceKey, &Entry)> {
        self.shards.iter().flat_map(|shard| &shard.slices)
    }

    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.slices.len()).sum()
    }

    pub(super) fn bytes(&self) -> usize {
        self.entries().map(|(_, entry)| entry.slice.state_bytes()).sum()
    }

    /// Evicts down to the budget, but no slice whose events a flush after `written` still has to write: it could not
    /// be read back.
    pub(super) fn evict(&mut self, written: u64) {
        let mut bytes = self.bytes();
        if bytes <= self.bytes_max {
            return;
        }
        let mut candidates: Vec<(u64, SliceKey, usize)> = self
            .entries()
            .filter(|(_, entry)| entry.touched <= written)
            .map(|(key, entry)| (entry.touched, *key, entry.slice.state_bytes()))
            .collect();
        candidates.sort_unstable();
        for (_, key, state_bytes) in candidates {
            if bytes <= self.bytes_max {
                return;
            }
            let shard = self.shard_of(&key);
            self.shards[shard].slices.remove(&key);
            bytes -= state_bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loupe_schemas::ids::CollectionId;
    use loupe_schemas::time::Day;

    fn key(number: u64) -> SliceKey {
        SliceKey { account_id: AccountId(1), collection_id: CollectionId(number), day: Day(1) }
    }

    fn touch(resident: &mut Resident, key: SliceKey, number: u64) {
        let shard = resident.shard_of(&key);
        resident.shards()[shard].touch(key, number);
    }

    #[test]
    fn the_least_recently_touched_written_slice_goes_first() {
        let one = Slice::new(key(0)).state_bytes();
        for shards in 1..4 {
            let mut resident = Resident::new(2 * one, shards);
            for number in 1..=3 {
                touch(&mut resident, key(number), number);
            }
            touch(&mut resident, key(1), 4);
            resident.evict(1);
            assert_eq!(resident.len(), 3, "nothing is written yet but flush 1, whose slice was touched since");
            resident.evict(4);
            assert!(resident.contains(&key(1)) && !resident.contains(&key(2)) && resident.contains(&key(3)));
        }
    }

    #[test]
    fn slices_spread_over_all_shards() {
        let resident = Resident::new(0, 4);
        let mut found = [0; 4];
        (0..400).for_each(|number| found[resident.shard_of(&key(number))] += 1);
        assert!(found.iter().all(|count| *count > 50), "{found:?}");
    }
}
