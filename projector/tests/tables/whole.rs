//! The whole fold through real tables: any permutation, duplication and batching of a log, crashes between any two
//! steps and a second projector behind the first give the tables of one batch over the sorted set.

use std::collections::{BTreeMap, BTreeSet};

use loupe_projector::flush::{Breaker, Flush, Folder, Reading, Want, Writing};
use loupe_projector::fold::rows::Rows;
use loupe_projector::log::{Assignment, Batch, Decoder, Record};
use loupe_projector::store::Store;
use loupe_schemas::avro::codec::{self, Encoder, Framing};
use loupe_schemas::event::{Event, Fact, Role};
use loupe_schemas::ids::{AccountId, ClientId, CollectionId, DownloadId, EventId};
use loupe_schemas::topics;
use loupe_schemas::{Micros, examples, json};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::Value;
use uuid::Uuid;

use crate::engine::migrated;

const DATABASE: &str = "whole";
const CASES: u64 = 12;
/// 2026-05-01T23:59:50Z: events a few seconds apart fall on two days.
const BASE: i64 = 1_777_679_990_000_000;
const TABLES: [(&str, &str); 17] = [
    ("events", "account_id, payload, version"),
    ("downloads", "account_id, version"),
    ("deliveries", "account_id, version"),
    ("media_daily", "account_id, version"),
    ("collection_quarter_hourly", "account_id, version"),
    ("client_daily", "account_id, version"),
    ("link_daily", "account_id, version"),
    ("favorites", "account_id"),
    ("favorite_lists", "account_id"),
    ("stars", "account_id"),
    ("share_links", "account_id"),
    ("link_visitors", "account_id"),
    ("collections", "account_id"),
    ("collection_first_upserts", "account_id"),
    ("galleries", "account_id"),
    ("media", "account_id"),
    ("clients", "account_id"),
];
/// Tables in which a key that no longer counts stays as a row of nothing, and their keys.
const ZEROED: [(&str, &[&str]); 4] = [
    ("media_daily", &["collection_id", "day", "media_id", "rendition"]),
    ("collection_quarter_hourly", &["collection_id", "quarter_hour", "kind"]),
    ("client_daily", &["collection_id", "client_id", "day"]),
    ("link_daily", &["collection_id", "link_id", "day"]),
];

/// One way a log is read.
#[derive(Debug, Clone)]
struct Schedule {
    /// Indices into the set of events, some of them twice or more, in the order of the log.
    log: Vec<usize>,
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

fn templates() -> Vec<Event> {
    let parsed = examples::ALL.iter().map(|example| {
        let value: Value = serde_json::from_str(example.json).expect("an example is JSON");
        json::parse(&value, &|address| address.to_string().into_bytes()).expect("an example is an event")
    });
    parsed.filter(|event| !event.fact.event_type().is_deletion() && !is_erasure(event)).collect()
}

fn is_erasure(event: &Event) -> bool {
    matches!(event.fact, Fact::ClientErased(_))
}

/// An event of the template, moved in time and to one of two collections, joined to one of four downloads.
fn event(template: &Event, number: usize, choice: (i64, u64, u64, u64)) -> Event {
    let (seconds, collection, download, actor) = choice;
    let mut event = template.clone();
    event.head.event_id = EventId(Uuid::from_u128(number as u128 + 1));
    event.head.occurred_at = Micros(BASE + seconds * 5_000_000);
    event.head.collection_id = event.head.collection_id.map(|_| CollectionId(collection));
    if let Some(who) = &mut event.head.actor {
        who.client_id = (actor < 2).then(|| ClientId::new(format!("cl_{actor}"))).flatten();
        who.role = if actor == 3 { Role::Owner } else { Role::Client };
        who.ip_key = vec![u8::try_from(actor).expect("small")];
        who.user_agent = if actor == 4 { "Googlebot/2.1" } else { "Mozilla/5.0 (iPhone) Safari/604.1" }.to_owned();
    }
    // A download belongs to one collection, and its id tells when it was asked for.
    let millis = u128::try_from(BASE / 1_000).expect("after 1970") + u128::from(download) * 9_000;
    let id = DownloadId(Uuid::from_u128(millis << 80 | 7 << 76 | 2 << 62 | u128::from(download * 2 + collection)));
    match &mut event.fact {
        Fact::DownloadRequested(request) => request.download_id = id,
        Fact::DownloadPrepared(prepared) => prepared.download_id = id,
        Fact::DownloadPrepareFailed(failed) => failed.download_id = id,
        Fact::TransferSegment(segment) => segment.download_id = segment.download_id.map(|_| id),
        _ => {}
    }
    event
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    let templates = templates();
    let one = (any::<prop::sample::Index>(), 0..8_i64, 1..3_u64, 0..4_u64, 0..5_u64);
    prop::collection::vec(one, 20..120).prop_map(move |choices| {
        let of = |(number, (template, seconds, collection, download, actor)): (
            usize,
            &(prop::sample::Index, _, _, _, _),
        )| {
            event(&templates[template.index(templates.len())], number, (*seconds, *collection, *download, *actor))
        };
        choices.iter().enumerate().map(of).collect()
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

/// The records of an account's log on one partition of each topic.
fn records(events: &[Event], log: &[usize], account_id: u64) -> Vec<Record> {
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
            let appended_at = Micros(BASE + 3_600_000_000);
            let (key, payload, headers) = (key.into_bytes(), Some(payload), Vec::new());
            Record { topic, partition: 0, offset: *offset - 1, appended_at, key, payload, headers }
        })
        .collect()
}

/// A projector process: it forgets everything when it dies.
struct Process<'s> {
    reading: Reading,
    store: &'s Store,
}

impl<'s> Process<'s> {
    fn start(store: &'s Store) -> Self {
        let folder = Folder::new(Decoder::new(codec::Decoder::new()), usize::MAX);
        Self { reading: Reading::new(folder, Breaker::new(1.0)), store }
    }

    async fn fold(&mut self, records: &[Record]) -> Flush {
        self.reading.batch(Batch { records: records.to_vec(), epoch: 1 });
        loop {
            match self.reading.want() {
                Want::Assignment { .. } => {
                    self.reading.assignment(&Assignment { event_partitions: 1, ..Assignment::default() });
                }
                Want::Slices { keys, .. } => {
                    let stored = self.store.events_of(&keys).await.expect("an engine that works");
                    self.reading.slices(&stored).expect("no replica is behind");
                }
                Want::HandOver => return self.reading.hand_over().expect("a flush"),
                want => panic!("{want:?}"),
            }
        }
    }

    async fn write(&mut self, flush: Flush) {
        assert_eq!(flush.quarantine, [], "every record is an event");
        write(self.store, &flush.rows).await;
        self.reading.written(&Writing::new(flush).written());
    }
}

async fn write(store: &Store, rows: &Rows) {
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
        client_daily,
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

/// Reads the log by the schedule; what was not committed is read again.
async fn run(store: &Store, records: &[Record], flushes: &[(usize, Fate)]) {
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
            Fate::LostWithin(bits) => write(store, &some_tables(&flush.rows, bits)).await,
            Fate::Done | Fate::LostAfter => process.write(flush).await,
            Fate::Again => {
                again = Some(flush.rows.clone());
                process.write(flush).await;
            }
        }
        if let Some(late) = zombie.take() {
            write(store, &late).await;
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
}

/// What a reader sees of an account, by table.
async fn visible(client: &clickhouse::Client, account_id: u64) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut tables = BTreeMap::new();
    for (table, hidden) in TABLES {
        let sql = format!("SELECT * EXCEPT ({hidden}) FROM {table} FINAL WHERE account_id = {account_id}");
        let mut lines = client.query(&sql).fetch_bytes("JSONEachRow").expect("a query");
        let text = lines.collect().await.expect("rows");
        let text = String::from_utf8(text.to_vec()).expect("JSON is text");
        let keys = ZEROED.iter().find(|(zeroed, _)| *zeroed == table).map(|(_, keys)| *keys);
        let rows = text.lines().filter(|row| keys.is_none_or(|keys| counts(row, keys))).map(str::to_owned);
        tables.insert(table, rows.collect());
    }
    tables
}

/// Whether anything but the key is not zero.
fn counts(row: &str, keys: &[&str]) -> bool {
    fn is_nothing(value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(false) => true,
            Value::Number(number) => number.as_f64() == Some(0.0),
            Value::String(text) => text.is_empty() || text == "0" || text.starts_with("1970-01-01"),
            Value::Array(entries) => entries.iter().all(is_nothing),
            Value::Object(members) => members.values().all(is_nothing),
            Value::Bool(true) => false,
        }
    }
    let row: serde_json::Map<String, Value> = serde_json::from_str(row).expect("a row is an object");
    row.iter().any(|(name, value)| !keys.contains(&name.as_str()) && !is_nothing(value))
}

#[tokio::test(flavor = "multi_thread")]
async fn any_way_of_reading_a_log_gives_the_tables_of_its_sorted_set() {
    let (store, client) = migrated(DATABASE).await;
    for case in 0..CASES {
        let seed = [u8::try_from(case).expect("few cases"); 32];
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = proptest::test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let events = any_events().new_tree(&mut runner).expect("events").current();
        let schedule = any_schedule(events.len()).new_tree(&mut runner).expect("a schedule").current();
        let (shuffled, sorted) = (case * 2 + 1, case * 2 + 2);
        run(&store, &records(&events, &schedule.log, shuffled), &schedule.flushes).await;
        let mut order: Vec<usize> = (0..events.len()).collect();
        order.sort_by_key(|&index| (events[index].head.occurred_at, events[index].head.event_id));
        run(&store, &records(&events, &order, sorted), &[]).await;
        let (found, expected) = (visible(&client, shuffled).await, visible(&client, sorted).await);
        for (table, _) in TABLES {
            assert_eq!(found[table], expected[table], "table {table}, case {case}: {schedule:?}");
        }
        let rows: usize = expected.values().map(BTreeSet::len).sum();
        assert!(rows > events.len(), "case {case} compares only {rows} rows");
    }
}
