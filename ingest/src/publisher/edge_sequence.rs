//! Numbers the events of one run of an edge, so that a missing one shows.

use std::sync::atomic::{AtomicI64, Ordering};

use loupe_schemas::Text;
use loupe_schemas::event::Edge;
use loupe_schemas::ids::BootId;

/// Stamps events with where they were observed and the next number of this run; shared between threads.
#[derive(Debug)]
pub struct EdgeSequence {
    pop: Text,
    node: Text,
    boot_id: BootId,
    next: AtomicI64,
}

impl EdgeSequence {
    /// Starts at 0. `boot_id` must be fresh for every run of the process (`clock::new_boot_id`).
    pub fn new(pop: impl Into<Text>, node: impl Into<Text>, boot_id: BootId) -> Self {
        Self { pop: pop.into(), node: node.into(), boot_id, next: AtomicI64::new(0) }
    }

    /// The stamp of the next event. Each is for one event: a retry repeats its stamp, and one that is taken and never
    /// published shows as missing.
    #[must_use]
    pub fn stamp(&self) -> Edge {
        Edge {
            pop: self.pop.clone(),
            node: self.node.clone(),
            boot_id: self.boot_id,
            seq: self.next.fetch_add(1, Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn numbers_count_from_zero_without_gap_or_repeat_across_threads() {
        let boot_id = BootId(Uuid::from_u128(7));
        let sequence = EdgeSequence::new("FRA", "edge-1", boot_id);
        let first = sequence.stamp();
        assert_eq!(first, Edge { pop: "FRA".into(), node: "edge-1".into(), boot_id, seq: 0 });
        let seen: BTreeSet<i64> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (0..250).map(|_| sequence.stamp().seq).collect::<Vec<_>>())).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(seen, (1..=1000).collect());
    }
}
