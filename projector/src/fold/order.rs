//! Where an event stands among the others.

use clickhouse::types::UInt256;
use loupe_schemas::Micros;
use loupe_schemas::event::Head;
use loupe_schemas::ids::EventId;

/// (occurred_at, event_id): what "first", "last" and "latest" compare, never arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Order {
    /// Event time.
    pub at: Micros,
    /// Breaks ties.
    pub event_id: EventId,
}

impl Order {
    /// The place of an event.
    #[must_use]
    pub const fn of(head: &Head) -> Self {
        Self { at: head.occurred_at, event_id: head.event_id }
    }

    /// The beginning of every latest-wins tuple: its maximum is the latest.
    #[must_use]
    pub const fn as_tuple(self) -> (i64, u128) {
        (self.at.0, self.event_id.0.as_u128())
    }

    /// A version for `ReplacingMergeTree`, which keeps the largest: the time above, the event id below.
    #[must_use]
    pub fn as_version(self) -> UInt256 {
        self.version_above(0)
    }

    /// A version that outranks every [`Self::as_version`]: an erasure is final, whatever comes later.
    #[must_use]
    pub fn as_final_version(self) -> UInt256 {
        self.version_above(0x80)
    }

    fn version_above(self, top_byte: u8) -> UInt256 {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&self.event_id.0.as_u128().to_le_bytes());
        bytes[16..24].copy_from_slice(&self.at.0.max(0).to_le_bytes());
        bytes[31] = top_byte;
        UInt256::from_le_bytes(bytes)
    }
}
