//! A database from before a read model, whose events are in it: migrated, and filled while others write.

use std::collections::BTreeMap;
use std::path::Path;

use clickhouse::{Client, Row};
use loupe_projector::Config;
use loupe_projector::backfill::{Backfill, LATER, ReadModel};
use loupe_projector::flush::Flush;
use loupe_projector::fold::collections::CollectionFirstUpsertRow;
use loupe_projector::fold::events::EventRow;
use loupe_projector::fold::lattice::{Table, Tables};
use loupe_projector::fold::recompute::recompute;
use loupe_projector::fold::rows::Rows;
use loupe_projector::log::{Decoder, Record};
use loupe_projector::store::{Scope, Store};
use loupe_schemas::Event;
use serde::Serialize;
use uuid::Uuid;

use crate::engine::{client, config, migrated};
use crate::whole::{Process, any_case, records};

/// The last migration of the version before `identity_daily`.
const BEFORE: u32 = 28;
const ACCOUNT: u64 = 7;
/// Steps so small that there are many.
const EVENTS_A_STEP: u64 = 3;

/// A row of `events` as that version wrote it.
#[derive(Debug, Row, Serialize)]
struct EventRowBefore {
    account_id: u64,
    collection_id: u64,
    slice_day: u16,
    #[serde(with = "clickhouse::serde::uuid")]
    event_id: Uuid,
    r#type: String,
    occurred_at: i64,
    unattached_bytes: u64,
    #[serde(with = "serde_bytes")]
    payload: Vec<u8>,
    version: u64,
}

/// A row of `collection_first_upserts` as that version wrote it.
#[derive(Debug, Row, Serialize)]
struct FirstUpsertRowBefore {
    account_id: u64,
    collection_id: u64,
    first_upserted_at: i64,
}

#[derive(Debug, Row, Serialize)]
struct Migration {
    number: u32,
    name: String,
    content: u128,
}

/// Brings a database to where that version left it.
async fn create_before(client: &Client, database: &str) {
    let statement = format!("CREATE DATABASE {database}");
    client.clone().with_database("default").query(&statement).execute().await.expect("a database");
    let record = "CREATE TABLE migrations (number UInt32, name String, content UInt128) \
                  ENGINE = ReplacingMergeTree ORDER BY number";
    client.query(record).execute().await.expect("a table");
    let mut applied = client.insert::<Migration>("migrations").await.expect("an insert");
    for (number, (name, statement)) in landed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        if number <= BEFORE {
            client.query(&statement.replace('?', "??")).execute().await.expect("a migration");
            let content = xxhash_rust::xxh3::xxh3_128(statement.as_bytes());
            applied.write(&Migration { number, name, content }).await.expect("a row");
        }
    }
    applied.end().await.expect("an insert");
}

/// Every numbered statement below a folder, with its name.
fn landed(folder: &Path) -> BTreeMap<u32, (String, String)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            found.extend(landed(&path));
        } else if path.extension().is_some_and(|end| end == "sql")
            && let Some((number, name)) = name.split_once('_')
            && let Ok(number) = number.parse()
        {
            found.insert(number, (name.to_owned(), std::fs::read_to_string(&path).expect("a statement")));
        }
    }
    found
}

/// Writes what a projector of that version would have of these rows: no identities, events without an offset, and of
/// upserts nothing but the first.
async fn write_before(store: &Store, client: &Client, rows: Rows) {
    let Rows { events, collection_first_upserts, .. } = rows.clone();
    let rows = Rows { events: Vec::new(), identity_daily: Vec::new(), collection_first_upserts: Vec::new(), ..rows };
    store.write_tables(&rows, &[]).await.expect("tables");
    let mut insert = client.insert::<FirstUpsertRowBefore>("collection_first_upserts").await.expect("an insert");
    for CollectionFirstUpsertRow { account_id, collection_id, first_upserted_at, .. } in collection_first_upserts {
        insert.write(&FirstUpsertRowBefore { account_id, collection_id, first_upserted_at }).await.expect("a row");
    }
    insert.end().await.expect("an insert");
    let mut insert = client.insert::<EventRowBefore>("events").await.expect("an insert");
    for event in events {
        let EventRow { account_id, collection_id, slice_day, event_id, r#type, occurred_at, .. } = event;
        let EventRow { unattached_bytes, payload, version, .. } = event;
        let row = EventRowBefore {
            account_id,
            collection_id,
            slice_day,
            event_id,
            r#type: r#type.into_owned(),
            occurred_at,
            unattached_bytes,
            payload: payload.to_vec(),
            version,
        };
        insert.write(&row).await.expect("a row");
    }
    insert.end().await.expect("an insert");
}

fn identity_daily() -> &'static ReadModel {
    LATER.iter().find(|model| model.table == "identity_daily").expect("a later read model")
}

async fn expect_oracle(store: &Store, log: &[Record], what: &str) {
    let decoder = Decoder::default();
    let events: Vec<(Event, Vec<u8>)> = log
        .iter()
        .map(|record| {
            let payload = record.payload.clone().expect("no tombstone");
            (*decoder.decode_stored(&payload).expect("an event"), payload.to_vec())
        })
        .collect();
    let mut expected = recompute(events.iter().map(|(event, payload)| (event, payload.as_slice())));
    expected.edge_sequences = Table::default();
    let identities = expected.identity_daily.rows().count();
    assert!(identities > 2, "{identities} identities are too few to prove anything: {what}");
    let found = store.tables(Scope { account_id: ACCOUNT, collection_id: None }).await.expect("tables");
    assert_eq!(expected.differences(&found, 3), [], "{what}");
}

/// A log whose first half a projector of the version before has folded, and the store it left.
async fn half_folded(database: &str, seed: u8) -> (Store, Client, Vec<Record>) {
    let name = database.to_owned();
    let config: Config = tokio::task::spawn_blocking(move || config(&name)).await.expect("the engine starts");
    let (store, client) = (Store::new(&config), client(database));
    create_before(&client, database).await;
    let (events, schedule) = any_case(seed);
    let log = records(&events, &schedule.log, ACCOUNT);
    let half = log.len() / 2;
    // Nothing is stored yet, which today's code can ask of today's tables alone.
    let (nothing, _) = migrated(&format!("{database}_empty")).await;
    let flush = Process::start(&nothing).fold(&log[..half]).await;
    write_before(&store, &client, flush.rows).await;
    store.migrate().await.expect("migrations");
    (store, client, log)
}

async fn count(client: &Client, query: &str) -> u64 {
    client.query(query).fetch_one().await.expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn events_from_before_a_read_model_are_filled_in() {
    let (store, client, log) = half_folded("filled", 1).await;
    let before = &log[..log.len() / 2];
    let tables = "SELECT count() FROM system.tables WHERE database = 'filled' AND name = 'client_daily'";
    assert_eq!(count(&client, tables).await, 0, "the read model that it takes the place of is gone");
    let unplaced = count(&client, "SELECT count() FROM events WHERE log_offset = -1").await;
    assert_eq!(unplaced, count(&client, "SELECT count() FROM events").await, "no offset is made up");
    assert_eq!(count(&client, "SELECT count() FROM identity_daily").await, 0);

    let mut steps = 0;
    let mut filled = 0;
    loop {
        // Every step is another process's: it goes on where the last one was.
        let mut backfill = Backfill::resume(&store, identity_daily(), EVENTS_A_STEP).await.expect("a backfill");
        if backfill.is_done() {
            break;
        }
        let (_, left) = backfill.progress();
        assert_eq!(left + filled, unplaced, "what is filled is not looked at again");
        backfill.step().await.expect("a step");
        filled += backfill.progress().0;
        steps += 1;
    }
    assert!(steps > 3, "{steps} steps");
    expect_oracle(&store, before, "filled").await;

    // Another that began before all was filled does it once more, and nothing changes.
    client.query("TRUNCATE TABLE backfills").execute().await.expect("a truncation");
    let mut again = Backfill::resume(&store, identity_daily(), u64::MAX).await.expect("a backfill");
    again.step().await.expect("a step");
    assert!(!again.is_done() && again.progress() == (unplaced, unplaced));
    again.step().await.expect("a step");
    assert!(again.is_done());
    expect_oracle(&store, before, "filled twice").await;
    let rows = count(&client, "SELECT count() FROM identity_daily FINAL").await;
    assert_eq!(count(&client, "SELECT uniqExact(collection_id, identity, day) FROM identity_daily").await, rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn live_writing_beside_a_backfill_converges() {
    for seed in 2..8 {
        let (store, _, log) = half_folded(&format!("beside_{seed}"), seed).await;
        let mut backfill = Backfill::resume(&store, identity_daily(), EVENTS_A_STEP).await.expect("a backfill");
        let mut process = Process::start(&store);
        // Some events from before come again, as after a lost commit.
        let mut live = log[log.len() / 3..].chunks(usize::from(seed));
        let mut joined = Tables::default();
        let mut late: Option<Rows> = None;
        while !(backfill.is_done() && live.len() == 0) {
            let flush = match live.next() {
                Some(records) => process.fold(records).await,
                None => Flush::default(),
            };
            let rows = flush.rows.clone();
            if backfill.is_done() {
                process.write(flush, &mut joined).await;
            } else {
                // Either may be read, and written, before the other.
                let (step, ()) = tokio::join!(backfill.step(), process.write(flush, &mut joined));
                step.expect("a step");
            }
            // What was written before is written once more, as by a projector that no longer should.
            if let Some(late) = late.replace(rows) {
                store.write_tables(&late, &[]).await.expect("tables");
            }
        }
        expect_oracle(&store, &log, &format!("seed {seed}")).await;
    }
}
