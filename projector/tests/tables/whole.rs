//! The whole fold through real tables: any permutation, duplication and batching of a log, crashes between any two
//! steps and a second projector behind the first give the tables of one batch over the sorted set.

use std::collections::BTreeMap;

use loupe_projector::flush::{Breaker, Flush, Folder, Reading, Want, Writing};
use loupe_projector::fold::lattice::{Table, Tables};
use loupe_projector::fold::rows::Rows;
use loupe_projector::log::{Assignment, Batch, Decoder, Record};
use loupe_projector::store::{Scope, Store};
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::examples::{self, Variation};
use loupe_schemas::ids::AccountId;
use loupe_schemas::{Event, Micros, topics};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng};

use crate::engine::migrated;

const DATABASE: &str = "whole";
const CASES: u64 = 12;
/// One way a log is read.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    /// Indices into the set of events, some of them twice or more, in the order of the log.
    pub(crate) log: Vec<usize>,
    /// How many records each flush takes, and what happens to it.
    flushes: Vec<(usize, Fate)>,
}

/// What happens to a flush.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// It is written and committed.
    Done,
    /// The process dies before anything is written.
    LostBefore,
    /// It dies when the tables whose bit is set are written and no event is.
    LostWithin(u32),
    /// It dies when all is written and nothing committed.
    LostAfter,
    /// It is written a second time after the next one: a zombie.
    Again,
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    let one = (any::<prop::sample::Index>(), 0..8_u8, 0..2_u8, 0..4_u8, 0..5_u8);
    prop::collection::vec(one, 20..120).prop_map(move |choices| {
        let of =
            |(number, (example, moment, collection, download, actor)): (u32, (prop::sample::Index, _, _, _, _))| {
                let example = &examples::events()[example.index(examples::events().len())];
                examples::vary(example, Variation { number, moment, collection, download, actor })
            };
        (0..).zip(choices).map(of).collect()
    })
}

fn any_schedule(events: usize) -> impl Strategy<Value = Schedule> {
    let fate = prop_oneof![
        3 => Just(Fate::Done),
        1 => Just(Fate::LostBefore),
        2 => any::<u32>().prop_map(Fate::LostWithin),
        1 => Just(Fate::LostAfter),
        1 => Just(Fate::Again),
    ];
    let order = Just((0..events).collect::<Vec<_>>()).prop_shuffle();
    let again = prop::collection::vec((0..events, any::<prop::sample::Index>()), 0..events / 4 + 1);
    (order, again, prop::collection::vec((1..events + 1, fate), 1..8)).prop_map(|(mut log, again, flushes)| {
        for (event, at) in again {
            log.insert(at.index(log.len() + 1), event);
        }
        Schedule { log, flushes }
    })
}

/// A set of events and a way of reading them.
pub(crate) fn any_case(seed: u8) -> (Vec<Event>, Schedule) {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let events = any_events().new_tree(&mut runner).expect("events").current();
    let schedule = any_schedule(events.len()).new_tree(&mut runner).expect("a schedule").current();
    (events, schedule)
}

/// The records of an account's log on one partition of each topic.
pub(crate) fn records(events: &[Event], log: &[usize], account_id: u64) -> Vec<Record> {
    let encoder = Encoder::new(Framing::SingleObject);
    let mut offsets = BTreeMap::new();
    log.iter()
        .map(|&index| {
            let mut event = events[index].clone();
            event.head.account_id = AccountId(account_id);
            let (topic, key) = topics::route(&event).expect("every event has a topic");
            let offset: &mut i64 = offsets.entry(topic.name).or_default();
            *offset += 1;
            let mut payload = Vec::new();
            encoder.encode(&event, &mut payload).expect("an event has a record");
            let appended_at = Micros(examples::BASE.0 + 3_600_000_000);
            let (key, payload, headers) = (key.as_bytes().to_vec().into(), Some(payload.into()), Vec::new());
            Record { topic, partition: 0, offset: *offset - 1, appended_at, key, payload, headers }
        })
        .collect()
}

/// A projector process: it forgets everything when it dies.
pub(crate) struct Process<'s> {
    reading: Reading,
    store: &'s Store,
}

impl<'s> Process<'s> {
    pub(crate) fn start(store: &'s Store) -> Self {
        let folder = Folder::new(Decoder::default(), usize::MAX, 3);
        Self { reading: Reading::new(folder, Breaker::new(1.0, u64::MAX)), store }
    }

    pub(crate) const fn reading(&mut self) -> &mut Reading {
        &mut self.reading
    }

    /// Takes up its partitions without reading anything.
    pub(crate) async fn fold_nothing(&mut self) {
        self.reading.batch(Batch { records: Vec::new(), is_backlog: false, epoch: 1 });
        self.reading.assignment(&Assignment { event_partitions: 1, ..Assignment::default() });
    }

    pub(crate) async fn fold(&mut self, records: &[Record]) -> Flush {
        let mut batches = records.chunks(7);
        loop {
            match self.reading.want() {
                Want::Batch => match batches.next() {
                    Some(records) => {
                        self.reading.batch(Batch { records: records.to_vec(), is_backlog: false, epoch: 1 });
                    }
                    None => self.reading.close(),
                },
                Want::Assignment { .. } => {
                    self.reading.assignment(&Assignment { event_partitions: 1, ..Assignment::default() });
                }
                Want::Slices { keys, .. } => {
                    let mut stored = self.store.events_of(&keys).expect("a query");
                    let mut refold = self.reading.refold();
                    while let Some(part) = stored.next().await.expect("an engine that works") {
                        self.reading.stored(&mut refold, &part).expect("events");
                    }
                    self.reading.slices(refold, stored.position()).expect("no replica is behind");
                }
                Want::HandOver => return self.reading.hand_over().expect("a flush"),
                want => panic!("{want:?}"),
            }
        }
    }

    pub(crate) async fn write(&mut self, flush: Flush, joined: &mut Tables) {
        assert_eq!(flush.quarantine, [], "every record is an event");
        write(self.store, &flush.rows, joined).await;
        self.store.write_ledger(&flush.ledger).await.expect("an engine that works");
        self.reading.written(&Writing::new(flush).written());
    }
}

/// Writes rows into the engine, and joins them as the code says that the engine does.
async fn write(store: &Store, rows: &Rows, joined: &mut Tables) {
    joined.write(rows);
    store.write_tables(rows, &[]).await.expect("an engine that works");
    store.write_events(&rows.events).await.expect("an engine that works");
}

/// Rows of the tables whose bit is set, and no events.
fn some_tables(rows: &Rows, bits: u32) -> Rows {
    let mut some = Rows { events: Vec::new(), ..rows.clone() };
    let mut bit = 0;
    macro_rules! drop_unless_set {
        ($($table:ident),+) => {$(
            if bits >> bit & 1 == 0 {
                some.$table.clear();
            }
            bit += 1;
        )+};
    }
    drop_unless_set!(
        downloads,
        deliveries,
        media_daily,
        collection_quarter_hourly,
        identity_daily,
        link_daily,
        favorites,
        favorite_lists,
        stars,
        share_links,
        link_visitors,
        collections,
        collection_first_upserts,
        galleries,
        media,
        clients
    );
    assert_eq!(bit, 16);
    some
}

/// Reads the log by the schedule; what was not committed is read again. What was written, joined in memory.
async fn run(store: &Store, records: &[Record], flushes: &[(usize, Fate)]) -> Tables {
    let mut joined = Tables::default();
    let mut process = Process::start(store);
    let (mut committed, mut read, mut zombie) = (0, 0, None);
    let mut fates = flushes.iter();
    while read < records.len() {
        let (length, fate) = fates.next().copied().unwrap_or((records.len(), Fate::Done));
        let end = records.len().min(read + length);
        let flush = process.fold(&records[read..end]).await;
        let mut again = None;
        let dies = !matches!(fate, Fate::Done | Fate::Again);
        match fate {
            Fate::LostBefore => {}
            Fate::LostWithin(bits) => write(store, &some_tables(&flush.rows, bits), &mut joined).await,
            Fate::Done | Fate::LostAfter => process.write(flush, &mut joined).await,
            Fate::Again => {
                again = Some(flush.rows.clone());
                process.write(flush, &mut joined).await;
            }
        }
        if let Some(late) = zombie.take() {
            write(store, &late, &mut joined).await;
        }
        zombie = again;
        if dies {
            process = Process::start(store);
            read = committed;
        } else {
            committed = end;
            read = end;
        }
    }
    joined.edge_sequences = Table::default();
    joined
}

#[tokio::test(flavor = "multi_thread")]
async fn any_way_of_reading_a_log_gives_the_tables_of_its_sorted_set() {
    let (store, _) = migrated(DATABASE).await;
    for case in 0..CASES {
        let (events, schedule) = any_case(u8::try_from(case).expect("few cases"));
        let mut order: Vec<usize> = (0..events.len()).collect();
        order.sort_by_key(|&index| (events[index].head.occurred_at, events[index].head.event_id));
        let (shuffled, sorted) = (case * 2 + 1, case * 2 + 2);
        let log = records(&events, &schedule.log, shuffled);
        let joined = run(&store, &log, &schedule.flushes).await;
        run(&store, &records(&events, &order, sorted), &[]).await;
        let found = read(&store, shuffled).await;
        assert_eq!(found.differences(&joined, 3), [], "the engine joins otherwise, case {case}: {schedule:?}");
        assert!(found.events.rows().count() == events.len() - catalogue(&events), "case {case} lacks events");
        let mut first: BTreeMap<&[u8], i64> = BTreeMap::new();
        for record in &log {
            first.entry(record.payload.as_deref().unwrap_or_default()).or_insert(record.offset);
        }
        let misplaced = found.events.rows().find(|row| first[&row.payload[..]] != row.log_offset);
        assert_eq!(misplaced, None, "not the offset of the event's first record, case {case}: {schedule:?}");
        let found = as_account(&found, sorted);
        let expected = as_account(&read(&store, sorted).await, sorted);
        assert_eq!(found.differences(&expected, 3), [], "case {case}: {schedule:?}");
    }
}

async fn read(store: &Store, account_id: u64) -> Tables {
    store.tables(Scope { account_id, collection_id: None }).await.expect("tables")
}

fn catalogue(events: &[Event]) -> usize {
    events.iter().filter(|event| event.fact.event_type().is_catalogue()).count()
}

/// The tables, with every row given to one account, and without the payloads, which name another.
fn as_account(tables: &Tables, account_id: u64) -> Tables {
    let mut rows = Rows::default();
    macro_rules! give {
        ($($table:ident),+) => {$(
            rows.$table.extend(tables.$table.rows().cloned());
            rows.$table.iter_mut().for_each(|row| row.account_id = account_id);
        )+};
    }
    give!(
        events,
        downloads,
        deliveries,
        media_daily,
        collection_quarter_hourly,
        identity_daily,
        link_daily,
        favorites,
        favorite_lists,
        stars,
        share_links,
        link_visitors,
        collections,
        collection_first_upserts,
        galleries,
        media,
        clients
    );
    rows.events.iter_mut().for_each(|event| event.payload.clear());
    let mut given = Tables::default();
    given.write(&rows);
    given
}
