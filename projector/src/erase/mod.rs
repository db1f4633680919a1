//! Erases clients from what is stored (rule 16). docs/ERASURE.md says how the parts work together.
//!
//! A `ClientErased` event is remembered in `erasures` by hash, and leaves a deleted row in `clients` that holds the id: that
//! row is the order to erase, and goes last. From there two hands work, each repeatable at any time by anybody:
//!
//! * Whoever owns a partition of the events topic learns of the erasure, replaces the person in what it folds, writes the
//!   slices that name them, or the id in their place, anew under a larger generation, and notes it (`drive/erasing.rs`).
//! * Once all partitions are noted, one of the projectors takes out what was outranked and what no generation reaches
//!   ([`statements`]), the quarantined records and the catalogue's entry (`drive/eraser.rs`). The same hand does all of it in
//!   databases that are not served ([`aside`]).

mod aside;
mod query;
mod statements;

use std::collections::BTreeSet;

pub use query::{Order, StepRow};

use crate::backfill::EVENTS_MAX;
use crate::fold::slice_key::SliceKey;

/// The step of an erasure that a partition of the events topic is.
#[must_use]
pub fn partition_step(partition: i32) -> String {
    format!("events/{partition}")
}

/// The catalogue's topic was told to forget the client.
pub const TOMBSTONE: &str = "tombstone";
/// Nothing stored names the person.
pub const DONE: &str = "done";

/// A slice with events of a client, and how many events it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touched {
    /// The slice.
    pub key: SliceKey,
    /// How many events `events` has of it, at most.
    pub events: u64,
}

/// Slices in parts of at most [`EVENTS_MAX`] events, but for a slice that alone has more: each is written anew at once.
pub(crate) fn parts(touched: &[Touched]) -> Vec<Vec<SliceKey>> {
    let mut parts: Vec<Vec<SliceKey>> = Vec::new();
    let mut events = u64::MAX;
    for slice in touched {
        match parts.last_mut() {
            Some(part) if events.saturating_add(slice.events) <= EVENTS_MAX => {
                part.push(slice.key);
                events += slice.events;
            }
            _ => {
                parts.push(vec![slice.key]);
                events = slice.events;
            }
        }
    }
    let distinct: BTreeSet<SliceKey> = touched.iter().map(|slice| slice.key).collect();
    debug_assert_eq!(distinct.len(), touched.len(), "a slice is found once");
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use loupe_schemas::ids::{AccountId, CollectionId};
    use loupe_schemas::time::Day;

    #[test]
    fn a_flush_writes_few_enough_events_anew_and_each_slice_once() {
        let slice = |day, events| Touched {
            key: SliceKey { account_id: AccountId(1), collection_id: CollectionId(2), day: Day(day) },
            events,
        };
        let touched = [slice(1, 60_000), slice(2, 40_000), slice(3, 1), slice(4, 5_000_000), slice(5, 1)];
        let sizes: Vec<usize> = parts(&touched).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1, 1, 1]);
        assert_eq!(parts(&touched).concat(), touched.map(|slice| slice.key));
    }
}
