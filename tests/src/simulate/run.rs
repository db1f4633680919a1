//! A run: who steps next and what goes wrong, then calm, then the comparison.

use std::collections::{BTreeMap, BTreeSet};

use loupe_projector::fold::lattice::Difference;
use loupe_projector::fold::recompute::recompute;
use loupe_projector::store::LedgerRow;
use loupe_schemas::partition::partition_of;

use super::broker::Broker;
use super::choices::Choices;
use super::generate::{EVENT_PARTITIONS, generate};
use super::mistakes::Mistake;
use super::process::{Process, World, effect};
use super::store::{Store, Write};

const PROCESSES: usize = 3;
/// Calm that lasts longer than this is a livelock.
const CALM_ROUNDS_MAX: usize = 2_000;
/// Shares of 256: a fault is absent, rare or frequent for a whole run, so that each is also seen alone.
const SHARES: [u8; 4] = [0, 0, 12, 70];

/// How often what goes wrong.
pub(super) struct Faults {
    /// Requests fail: before they happen, after, in part, or they happen later.
    pub(super) failures: u8,
    /// Slices are read from a replica that is behind.
    pub(super) stale: u8,
    /// A process does not hear of a new assignment.
    pub(super) stalls: u8,
    /// Commits are acknowledged and lost.
    pub(super) lost_commits: u8,
    crashes: u8,
    rebalances: u8,
    /// The replica sees a change once in so many steps.
    replica_lag: usize,
}

impl Faults {
    fn choose(choices: &mut Choices) -> Self {
        let mut share = || SHARES[choices.below(SHARES.len())];
        Self {
            failures: share(),
            stale: share(),
            stalls: share(),
            lost_commits: share(),
            crashes: share() / 2,
            rebalances: share() / 2,
            replica_lag: [2, 10, 60][choices.below(3)],
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How many distinct events there were.
    pub events: usize,
    /// How many records the log held, with repeats, garbage and those sent on.
    pub records: usize,
    /// What is not as it must be.
    pub failure: Option<Failure>,
    /// Every decision, for [`run_recorded`].
    pub choices: Vec<u32>,
    /// What happened, in words; only of a recorded run.
    pub story: Vec<String>,
}

/// What is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Tables differ from what the set of events gives.
    Tables(Vec<Difference>),
    /// Offsets that no range of the ledger names.
    Unaccounted {
        /// The partition.
        partition: String,
        /// How many.
        offsets: usize,
    },
    /// A range of the ledger that counts more or fewer records than it has offsets.
    Miscounted(LedgerRow),
    /// Quarantined records, in the table or on the topic, are not exactly those that are no event.
    Quarantine {
        /// How many there must be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// An event's row names another offset than that of its first record in its collection's partition.
    Offset {
        /// The event.
        event_id: uuid::Uuid,
        /// Its first record's offset.
        expected: Option<i64>,
        /// The row's.
        found: i64,
    },
    /// In calm the projectors do not come to an end.
    Livelock,
}

/// Runs the schedule of a seed.
#[must_use]
pub fn run_seed(seed: u64, mistake: Option<Mistake>) -> Outcome {
    run(Choices::seeded(seed), mistake)
}

/// Runs a recorded schedule, and tells what happens.
#[must_use]
pub fn run_recorded(choices: &[u32], mistake: Option<Mistake>) -> Outcome {
    run(Choices::recorded(choices.to_vec()), mistake)
}

struct Run {
    broker: Broker,
    store: Store,
    late: Vec<Write>,
    processes: Vec<Process>,
    lives: u64,
    resident_bytes: usize,
    mistake: Option<Mistake>,
}

fn run(mut choices: Choices, mistake: Option<Mistake>) -> Outcome {
    let faults = Faults::choose(&mut choices);
    let resident_bytes = [usize::MAX, 0, 4_000][choices.below(3)];
    let input = generate(&mut choices);
    let mut run = Run {
        broker: Broker::new(),
        store: Store::new(mistake),
        late: Vec::new(),
        processes: Vec::new(),
        lives: 0,
        resident_bytes,
        mistake,
    };
    (0..PROCESSES).for_each(|number| run.restart(number));
    run.processes.sort_by_key(Process::number);
    let mut coming = input.records.into_iter();
    let ticks = choices.below(400);
    for _ in 0..ticks {
        if choices.below(4) == 0
            && let Some(record) = coming.next()
        {
            run.broker.append(record);
        }
        run.tick(&faults, &mut choices);
    }
    coming.for_each(|record| run.broker.append(record));
    let failure = if run.calm(&mut choices) && run.late_writes(&mut choices) {
        run.compare(&input.events)
    } else {
        Some(Failure::Livelock)
    };
    let partitions = run.broker.partitions();
    let records = partitions.iter().map(|partition| usize::try_from(run.broker.end(*partition)).expect("short")).sum();
    let story = choices.story.take().unwrap_or_default();
    Outcome { events: input.events.len(), records, failure, choices: choices.made, story }
}

impl Run {
    /// A process begins a new life without memory.
    fn restart(&mut self, number: usize) {
        self.lives += 1;
        let process = Process::start(number, self.lives, self.resident_bytes, self.mistake);
        match self.processes.iter_mut().find(|process| process.number() == number) {
            Some(place) => *place = process,
            None => self.processes.push(process),
        }
    }

    fn tick(&mut self, faults: &Faults, choices: &mut Choices) {
        let number = choices.below(PROCESSES);
        let half = choices.below(2);
        self.step(number, half, faults, choices);
        if choices.happens(faults.crashes) {
            choices.tell(|| format!("process {number} crashes"));
            self.restart(number);
        }
        if choices.happens(faults.rebalances) {
            let among = 1 + choices.below(PROCESSES);
            self.broker.assign(|_| choices.below(among));
            choices.tell(|| format!("partitions change hands among {among}"));
        }
        if choices.below(faults.replica_lag) == 0 {
            self.store.replicate();
        }
        if !self.late.is_empty() && choices.happens(20) {
            let write = self.late.swap_remove(choices.below(self.late.len()));
            choices.tell(|| format!("a late write of life {} happens: {:?}", write.writer, write.step));
            effect(&mut self.broker, &mut self.store, &write);
        }
        if choices.happens(16) {
            self.processes[number].lift();
        }
    }

    fn step(&mut self, number: usize, half: usize, faults: &Faults, choices: &mut Choices) {
        let Self { broker, store, late, processes, .. } = self;
        let mut world = World { broker, store, late, choices, faults };
        match half {
            0 => processes[number].read(&mut world),
            _ => processes[number].write(&mut world),
        }
    }

    /// Nothing goes wrong any more: does everything get done?
    fn calm(&mut self, choices: &mut Choices) -> bool {
        let faults =
            Faults { failures: 0, stale: 0, stalls: 0, lost_commits: 0, crashes: 0, rebalances: 0, replica_lag: 1 };
        choices.tell(|| "calm".to_owned());
        let mut owner = 0;
        self.broker.assign(|_| {
            owner += 1;
            owner % PROCESSES
        });
        for _ in 0..CALM_ROUNDS_MAX {
            for number in 0..PROCESSES {
                self.processes[number].lift();
                self.step(number, 0, &faults, choices);
                self.step(number, 1, &faults, choices);
                self.store.replicate();
            }
            if self.processes.iter().all(|process| process.is_idle() && process.has_read(&self.broker)) {
                return true;
            }
        }
        false
    }

    /// Writes of those who gave up waiting happen after all. One that sends records on makes more to read: does that get done?
    fn late_writes(&mut self, choices: &mut Choices) -> bool {
        for write in std::mem::take(&mut self.late) {
            if write.step != loupe_projector::flush::Step::Commit {
                effect(&mut self.broker, &mut self.store, &write);
            }
        }
        self.calm(choices)
    }

    fn compare(&self, events: &[(loupe_schemas::Event, Vec<u8>)]) -> Option<Failure> {
        let mut sorted: Vec<_> = events.iter().map(|(event, payload)| (event, payload.as_slice())).collect();
        sorted.sort_by_key(|(event, _)| (event.head.occurred_at, event.head.event_id));
        let differences = self.store.tables.differences(&recompute(sorted), 2);
        if !differences.is_empty() {
            return Some(Failure::Tables(differences));
        }
        let mut garbage = BTreeSet::new();
        for partition in self.broker.partitions() {
            let offsets = self.store.unaccounted(partition.0, partition.1, self.broker.end(partition));
            if offsets > 0 {
                return Some(Failure::Unaccounted { partition: format!("{}/{}", partition.0, partition.1), offsets });
            }
            let all = self.broker.read(partition, 0, usize::MAX / 2);
            let of_garbage = all.iter().filter(|record| *record.key == *b"garbage");
            garbage.extend(of_garbage.map(|record| (partition.0.to_owned(), partition.1, record.offset)));
        }
        if let Some(range) = self.store.miscounted() {
            return Some(Failure::Miscounted(range.clone()));
        }
        for found in [&self.store.quarantine, &self.store.letters] {
            if *found != garbage {
                return Some(Failure::Quarantine { expected: garbage.len(), found: found.len() });
            }
        }
        self.misplaced()
    }

    /// An event whose row does not name its first record in the partition its key leads to.
    fn misplaced(&self) -> Option<Failure> {
        let mut first: BTreeMap<&[u8], i64> = BTreeMap::new();
        for partition in self.broker.partitions() {
            for record in self.broker.read(partition, 0, usize::MAX / 2) {
                if partition_of(&record.key, EVENT_PARTITIONS) == partition.1
                    && let Some(payload) = &record.payload
                {
                    first.entry(payload).or_insert(record.offset);
                }
            }
        }
        self.store.tables.events.rows().find_map(|row| {
            let expected = first.get(&row.payload[..]).copied();
            let failure = Failure::Offset { event_id: row.event_id, expected, found: row.log_offset };
            (expected != Some(row.log_offset)).then_some(failure)
        })
    }
}
