//! One projector: both halves of its flush, driven step by step.

use std::collections::{BTreeMap, BTreeSet};

use loupe_projector::flush::{Breaker, Flush, Folder, Reading, Step, Want, Writing};
use loupe_projector::log::{Assignment, Batch, Decoder, Record};
use loupe_schemas::position::Position;

use super::broker::{Broker, Partition};
use super::choices::Choices;
use super::generate::{EVENT_PARTITIONS, bare};
use super::mistakes::Mistake;
use super::run::Faults;
use super::store::{Store, Write};

/// So few records are enough for the breaker of a simulation, whose logs are short.
const BREAKER_RECORDS_MIN: u64 = 4;
const BREAKER_SHARE: f64 = 0.5;
const EVERYTHING: u32 = u32::MAX;
/// So few stored events come at a time that slices take several parts.
const PART_EVENTS: usize = 3;
/// So few rows of downloads make a flush full that batches go into several.
const ROWS_MAX: usize = 8;
/// How often, of 256 times, a flush takes another batch.
const MORE: u8 = 96;

/// One life of a projector.
pub(super) struct Process {
    number: usize,
    /// Tells this life from those before.
    life: u64,
    reading: Reading,
    /// A flush that is folded and waits.
    queue: Option<Flush>,
    writing: Option<Writing>,
    /// The group's generation as this process knows it; a stalled one does not hear of the next.
    generation: u64,
    epoch: u64,
    /// The next offset to read of each partition it believes to own.
    fetch: BTreeMap<Partition, i64>,
    paused: BTreeSet<Partition>,
    mistake: Option<Mistake>,
}

/// What a process is in the midst of.
pub(super) struct World<'w> {
    pub(super) broker: &'w mut Broker,
    pub(super) store: &'w mut Store,
    /// Writes whose writer gave up waiting and that will still happen.
    pub(super) late: &'w mut Vec<Write>,
    pub(super) choices: &'w mut Choices,
    pub(super) faults: &'w Faults,
}

impl Process {
    pub(super) fn start(number: usize, life: u64, resident_bytes: usize, mistake: Option<Mistake>) -> Self {
        let folder = Folder::new(Decoder::default(), resident_bytes, 3).full_at(ROWS_MAX);
        Self {
            number,
            life,
            reading: Reading::new(folder, Breaker::new(BREAKER_SHARE, BREAKER_RECORDS_MIN)),
            queue: None,
            writing: None,
            generation: 0,
            epoch: 0,
            fetch: BTreeMap::new(),
            paused: BTreeSet::new(),
            mistake,
        }
    }

    pub(super) const fn number(&self) -> usize {
        self.number
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_none()
            && self.writing.is_none()
            && matches!(self.reading.want(), Want::Batch)
            && self.reading.pending().is_none()
    }

    /// Whether everything of its partitions is read, up to where the broker ends.
    pub(super) fn has_read(&self, broker: &Broker) -> bool {
        self.generation == broker.generation
            && self.paused.is_empty()
            && self.fetch.iter().all(|(partition, next)| *next == broker.end(*partition))
    }

    /// Meets one want of the reading half, or fails to.
    pub(super) fn read(&mut self, world: &mut World<'_>) {
        let want = self.reading.want();
        match want {
            Want::Batch if self.reading.pending().is_some() && !world.choices.happens(MORE) => self.reading.close(),
            Want::Batch => self.fetch(world),
            Want::Assignment { .. } => {
                if world.choices.happens(world.faults.failures) {
                    return;
                }
                let owned: Vec<Partition> = self.fetch.keys().copied().collect();
                let committed = world.broker.committed_position(&owned);
                let start = owned.iter().fold(Position::default(), |mut start, partition| {
                    let topic = loupe_schemas::topics::by_name(partition.0).expect("a topic");
                    start.advance(topic, partition.1, world.broker.committed(*partition));
                    start
                });
                // A consumer keeps a partition paused over assignments, so the driver resumes what is judged anew.
                self.paused.clear();
                self.reading.assignment(&Assignment { event_partitions: EVENT_PARTITIONS, committed, start });
            }
            Want::Pause(stops) => {
                let paused = stops.iter().map(|stop| (stop.topic.name, stop.partition));
                self.paused.extend(paused);
                world.choices.tell(|| format!("process {} pauses {stops:?}", self.number));
                self.reading.paused();
            }
            Want::Resume(offsets) => {
                for (topic, partition, offset) in &offsets {
                    self.paused.remove(&(topic.name, *partition));
                    self.fetch.insert((topic.name, *partition), *offset);
                }
                self.reading.resumed();
            }
            Want::Slices { keys, at_least } => {
                if world.choices.happens(world.faults.failures) {
                    return;
                }
                let is_stale = world.choices.happens(world.faults.stale);
                let (mut events, mut position) = world.store.slices(&keys, is_stale);
                match self.mistake {
                    Some(Mistake::LostIdsOnEviction) => events.clear(),
                    Some(Mistake::TrustedStaleReplica) => position = at_least,
                    _ => {}
                }
                let replica = if is_stale { " from the replica" } else { "" };
                let mut refold = self.reading.refold();
                let mut parts = events.chunks(PART_EVENTS);
                let used = parts
                    .try_for_each(|part| self.reading.stored(&mut refold, part))
                    .and_then(|()| self.reading.slices(refold, &position));
                world.choices.tell(|| format!("process {} reads slices{replica}: {used:?}", self.number));
            }
            Want::HandOver => {
                if self.queue.is_none() {
                    self.queue = self.reading.hand_over();
                }
            }
        }
    }

    fn fetch(&mut self, world: &mut World<'_>) {
        if self.generation != world.broker.generation && !world.choices.happens(world.faults.stalls) {
            self.generation = world.broker.generation;
            self.epoch += 1;
            let owned = world.broker.owned_by(self.number).into_iter();
            self.fetch = owned.map(|partition| (partition, world.broker.committed(partition))).collect();
        }
        let mut parts: Vec<&[Record]> = Vec::new();
        for (partition, next) in &mut self.fetch {
            if self.paused.contains(partition) {
                continue;
            }
            let count = if world.choices.happens(64) { 1 + world.choices.below(3) } else { 100 };
            let read = world.broker.read(*partition, *next, count);
            *next += i64::try_from(read.len()).expect("short");
            parts.push(read);
        }
        let records = in_runs(parts, world.choices);
        world
            .choices
            .tell(|| format!("process {} reads {} records in epoch {}", self.number, records.len(), self.epoch));
        self.reading.batch(Batch { records, is_backlog: false, epoch: self.epoch });
    }

    /// A person lifts whatever is stopped.
    pub(super) fn lift(&mut self) {
        let lifts: Vec<_> = self.reading.stops().map(|stop| (stop.topic.name.to_owned(), stop.partition)).collect();
        for (topic, partition) in lifts {
            self.reading.lift(&loupe_projector::flush::Lift { topic, partition, up_to: i64::MAX });
        }
    }

    /// Takes one step of the writing half, or fails to.
    pub(super) fn write(&mut self, world: &mut World<'_>) {
        let Some(writing) = &mut self.writing else {
            self.writing = self.queue.take().map(Writing::new);
            if let (Some(Mistake::CommitBeforeInsert), Some(writing)) = (self.mistake, &self.writing) {
                world.broker.commit(&writing.flush().next);
            }
            return;
        };
        let Some(step) = writing.step() else {
            self.writing = None;
            return;
        };
        let flush = writing.flush().clone();
        let swapped = match (self.mistake, step) {
            (Some(Mistake::EventsFirst), Step::Tables) => Step::Events,
            (Some(Mistake::EventsFirst), Step::Events) => Step::Tables,
            _ => step,
        };
        let write = Write { step: swapped, flush, parts: EVERYTHING, writer: self.life };
        let happened = take(world, &write);
        world.choices.tell(|| format!("process {} {step:?}: {happened}", self.number));
        if happened || self.mistake == Some(Mistake::SkippedInsert) {
            writing.done();
            if step == Step::Ledger {
                self.reading.written(&writing.written());
            }
        }
    }
}

/// What was read of several partitions, as a consumer has it: some of one, then some of another, in order within each.
fn in_runs(mut parts: Vec<&[Record]>, choices: &mut Choices) -> Vec<Record> {
    let mut records = Vec::new();
    parts.retain(|part| !part.is_empty());
    while !parts.is_empty() {
        let of = choices.below(parts.len());
        let part = parts[of];
        // Zero leaves none of it for later.
        let (run, later) = part.split_at(part.len() - choices.below(part.len()));
        records.extend_from_slice(run);
        if later.is_empty() {
            parts.remove(of);
        } else {
            parts[of] = later;
        }
    }
    records
}

/// Whether the step is known to have happened. It may have happened all the same, in part, twice, or happen later.
fn take(world: &mut World<'_>, write: &Write) -> bool {
    let World { broker, store, late, choices, faults } = world;
    if choices.happens(faults.failures) {
        match choices.below(4) {
            0 => {}
            1 => effect(broker, store, write),
            2 => {
                let parts = u32::try_from(choices.below(1 << 17)).expect("17 bits");
                effect(broker, store, &Write { parts, ..write.clone() });
            }
            _ => late.push(write.clone()),
        }
        return false;
    }
    if write.step == Step::Commit && choices.happens(faults.lost_commits) {
        return true;
    }
    effect(broker, store, write);
    if choices.happens(faults.failures) {
        effect(broker, store, write);
    }
    true
}

/// What a step does.
pub(super) fn effect(broker: &mut Broker, store: &mut Store, write: &Write) {
    match write.step {
        Step::Commit => broker.commit(&write.flush.next),
        Step::Reroute => {
            for (record, key) in &write.flush.misrouted {
                let partition = loupe_schemas::partition::partition_of(key.as_bytes(), EVENT_PARTITIONS);
                let payload = record.payload.clone().unwrap_or_default();
                broker.append(bare(record.topic, partition, key.as_bytes().to_vec(), payload.to_vec()));
            }
        }
        Step::Quarantine | Step::Tables | Step::Events | Step::Ledger => store.apply(write),
    }
}
