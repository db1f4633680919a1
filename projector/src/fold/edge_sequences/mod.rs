//! `edge_sequences`: which sequence numbers of an edge's run arrived.

use clickhouse::Row;
use loupe_schemas::Micros;
use loupe_schemas::event::Edge;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A row of `edge_sequences`: 64 sequence numbers of one run, as bits.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct EdgeSequenceRow {
    pub node: String,
    #[serde(with = "clickhouse::serde::uuid")]
    pub boot_id: Uuid,
    pub chunk: u64,
    pub arrived: u64,
    pub last_at: i64,
}

impl EdgeSequenceRow {
    /// The bit of one event, and its time.
    #[must_use]
    pub fn new(edge: &Edge, occurred_at: Micros) -> Self {
        let seq = edge.seq.unsigned_abs();
        Self {
            node: edge.node.clone(),
            boot_id: edge.boot_id.0,
            chunk: seq / 64,
            arrived: 1 << (seq % 64),
            last_at: occurred_at.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use loupe_schemas::ids::BootId;

    use super::*;

    #[test]
    fn sixty_four_events_of_a_run_share_a_row() {
        let row = |seq| {
            let edge = Edge { pop: "FRA".into(), node: "n".into(), boot_id: BootId(Uuid::nil()), seq };
            EdgeSequenceRow::new(&edge, Micros(7))
        };
        assert_eq!((row(0).chunk, row(0).arrived, row(0).last_at), (0, 1, 7));
        assert_eq!((row(63).chunk, row(63).arrived), (0, 1 << 63));
        assert_eq!((row(64).chunk, row(64).arrived), (1, 1));
    }
}
