//! `edge_sequences`: which sequence numbers of an edge's run arrived.

use clickhouse::Row;
use loupe_schemas::event::Edge;
use loupe_schemas::ids::BootId;
use loupe_schemas::{Micros, Text};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Sequence numbers of a row.
const BITS: u64 = 64;

/// A row of `edge_sequences`: 64 sequence numbers of one run, as bits.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct EdgeSequenceRow {
    pub node: Text,
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
        Self {
            node: edge.node.clone(),
            boot_id: edge.boot_id.0,
            chunk: edge.seq.unsigned_abs() / BITS,
            arrived: bit(edge),
            last_at: occurred_at.0,
        }
    }
}

const fn bit(edge: &Edge) -> u64 {
    1 << (edge.seq.unsigned_abs() % BITS)
}

/// Sequence numbers of many events, 64 of a run to a row.
#[derive(Debug, Default)]
pub struct Arrivals(FxHashMap<(BootId, u64), Vec<EdgeSequenceRow>>);

impl Arrivals {
    /// Notes an event.
    pub fn add(&mut self, edge: &Edge, occurred_at: Micros) {
        let chunk = edge.seq.unsigned_abs() / BITS;
        // Two nodes have one boot id by mistake alone.
        let rows = self.0.entry((edge.boot_id, chunk)).or_default();
        match rows.iter_mut().find(|row| row.node == edge.node) {
            Some(row) => {
                row.arrived |= bit(edge);
                row.last_at = row.last_at.max(occurred_at.0);
            }
            None => rows.push(EdgeSequenceRow::new(edge, occurred_at)),
        }
    }

    /// The rows, in the order of their keys.
    #[must_use]
    pub fn into_rows(self) -> Vec<EdgeSequenceRow> {
        let mut rows: Vec<EdgeSequenceRow> = self.0.into_values().flatten().collect();
        rows.sort_unstable_by(|a, b| (&a.node, a.boot_id, a.chunk).cmp(&(&b.node, b.boot_id, b.chunk)));
        rows
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn arrivals_are_the_union_of_their_bits_by_node() {
        let mut arrivals = Arrivals::default();
        for (node, seq) in [("n1", 0), ("n1", 63), ("n1", 64), ("n2", 2), ("n1", 1), ("n1", 0)] {
            let edge = Edge { pop: "FRA".into(), node: node.into(), boot_id: BootId(Uuid::nil()), seq };
            arrivals.add(&edge, Micros(seq));
        }
        let rows = arrivals.into_rows();
        let bits: Vec<_> = rows.iter().map(|row| (row.node.as_str(), row.chunk, row.arrived, row.last_at)).collect();
        assert_eq!(bits, [("n1", 0, 1 | 2 | 1 << 63, 63), ("n1", 1, 1, 64), ("n2", 0, 4, 2)]);
    }
}
