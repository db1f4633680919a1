//! Partitions, who owns them, what was committed.

use std::collections::BTreeMap;

use loupe_projector::log::Record;
use loupe_schemas::position::Position;
use loupe_schemas::topics::{self, Topic};

use super::generate::EVENT_PARTITIONS;

/// A partition of a topic, by the topic's name.
pub(super) type Partition = (&'static str, i32);

/// A broker with one group.
pub(super) struct Broker {
    logs: BTreeMap<Partition, Vec<Record>>,
    owners: BTreeMap<Partition, usize>,
    /// Counts assignments of the group.
    pub(super) generation: u64,
    committed: BTreeMap<Partition, i64>,
}

impl Broker {
    pub(super) fn new() -> Self {
        let partitions = (0..EVENT_PARTITIONS).map(|number| (topics::EVENTS.name, number));
        let all: Vec<Partition> = partitions.chain([(topics::CATALOG.name, 0)]).collect();
        Self {
            logs: all.iter().map(|partition| (*partition, Vec::new())).collect(),
            owners: all.iter().map(|partition| (*partition, 0)).collect(),
            generation: 1,
            committed: BTreeMap::new(),
        }
    }

    pub(super) fn append(&mut self, mut record: Record) {
        let log = self.logs.get_mut(&(record.topic.name, record.partition)).expect("a partition");
        record.offset = i64::try_from(log.len()).expect("short");
        log.push(record);
    }

    pub(super) fn partitions(&self) -> Vec<Partition> {
        self.logs.keys().copied().collect()
    }

    /// Gives every partition an owner anew.
    pub(super) fn assign(&mut self, mut owner: impl FnMut(Partition) -> usize) {
        self.generation += 1;
        for (partition, of) in &mut self.owners {
            *of = owner(*partition);
        }
    }

    /// The partitions a process owns.
    pub(super) fn owned_by(&self, process: usize) -> Vec<Partition> {
        self.owners.iter().filter(|(_, owner)| **owner == process).map(|(partition, _)| *partition).collect()
    }

    /// Records of a partition from an offset on, at most `count`.
    pub(super) fn read(&self, partition: Partition, from: i64, count: usize) -> &[Record] {
        let log = &self.logs[&partition];
        let from = usize::try_from(from).expect("an offset").min(log.len());
        &log[from..log.len().min(from + count)]
    }

    pub(super) fn end(&self, partition: Partition) -> i64 {
        i64::try_from(self.logs[&partition].len()).expect("short")
    }

    pub(super) fn committed(&self, partition: Partition) -> i64 {
        self.committed.get(&partition).copied().unwrap_or(0)
    }

    /// A commit is taken from anybody, even one that goes back: a group is no fence.
    pub(super) fn commit(&mut self, next: &[(&'static Topic, i32, i64)]) {
        for (topic, partition, offset) in next {
            self.committed.insert((topic.name, *partition), *offset);
        }
    }

    /// What was committed of these partitions.
    pub(super) fn committed_position(&self, partitions: &[Partition]) -> Position {
        let mut position = Position::default();
        for partition in partitions {
            if let (Some(topic), Some(offset)) = (topics::by_name(partition.0), self.committed.get(partition)) {
                position.advance(topic, partition.1, *offset);
            }
        }
        position
    }
}
