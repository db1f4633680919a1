//! Erases clients from what is stored (rule 16). docs/ERASURE.md says how the parts work together.
//!
//! A `ClientErased` event is remembered in `erasures` by hash, and leaves a deleted row in `clients` that holds the id: that
//! row is the order to erase, and goes last. From there two hands work, each repeatable at any time by anybody:
//!
//! * Whoever owns a partition of the events topic learns of the erasure, replaces the person in what it folds, writes the
//!   slices that named them anew under a larger generation, and notes it (`drive/erasing.rs`).
//! * Once all partitions are noted, one of the projectors takes out what was outranked and what no generation reaches
//!   ([`statements`]), the quarantined records and the catalogue's entry (`drive/eraser.rs`).

mod query;
mod statements;

pub use query::{Order, StepRow};

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
