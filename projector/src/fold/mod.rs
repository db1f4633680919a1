//! The fold: pure, synchronous, infallible. From a set of events to rows, with no clock, randomness or I/O.

pub mod coverage;
pub mod download;
pub mod filter;
pub mod identity;

use loupe_schemas::Micros;
use loupe_schemas::ids::EventId;

/// Where an event stands among the others: "first", "last" and "latest" compare this, never arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Order {
    /// Event time.
    pub at: Micros,
    /// Breaks ties.
    pub event_id: EventId,
}
