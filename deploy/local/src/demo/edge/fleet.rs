//! The machines at the points of presence, and the sequence numbers they stamp.

use std::collections::BTreeMap;

use loupe_schemas::event::Edge;
use loupe_schemas::ids::BootId;
use loupe_schemas::{Event, Micros, Text};

use crate::demo::day::Day;
use crate::demo::dice::Dice;
use crate::demo::script::Sighting;

/// Machines at each point of presence.
const NODES_PER_POP: usize = 2;
/// The point of presence whose machines are restarted during the day.
const RESTARTED_POP: &str = "FRA";

/// All edges of the network.
pub(in crate::demo) struct Fleet {
    dice: Dice,
    restart_at: Micros,
    runs: BTreeMap<(&'static str, usize, bool), Run>,
}

/// One run of one edge process.
struct Run {
    node: Text,
    boot_id: BootId,
    next_seq: i64,
}

impl Fleet {
    /// The edges of `seed`, on a day in the middle of which some are restarted.
    pub(in crate::demo) fn new(seed: u64, day: Day) -> Self {
        Self { dice: Dice::of(seed, 4, 0), restart_at: day.at(0.55), runs: BTreeMap::new() }
    }

    /// The event as the edge that saw it stamps it.
    pub(in crate::demo) fn observe(&mut self, sighting: Sighting) -> Event {
        let mut event = sighting.event;
        if let Some(pop) = sighting.pop {
            let address = event.head.actor.as_ref().and_then(|actor| actor.ip_key.first().copied());
            let node = usize::from(address.unwrap_or(0)) % NODES_PER_POP;
            event.head.edge = Some(self.stamp(pop, node, event.head.occurred_at));
        }
        event
    }

    fn stamp(&mut self, pop: &'static str, node: usize, at: Micros) -> Edge {
        let restarted = pop == RESTARTED_POP && at >= self.restart_at;
        let dice = &mut self.dice;
        let run = self.runs.entry((pop, node, restarted)).or_insert_with(|| Run {
            node: format!("{}-{:02}", pop.to_lowercase(), node + 1).into(),
            boot_id: BootId(dice.id()),
            next_seq: 0,
        });
        let seq = run.next_seq;
        run.next_seq += 1;
        Edge { pop: pop.into(), node: run.node.clone(), boot_id: run.boot_id, seq }
    }
}
