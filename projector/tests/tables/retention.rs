//! Rows go after the days they are kept, whole slices at a time, and what comes after that is folded by nobody.

use loupe_projector::audit::{self, Collection, Source};
use loupe_projector::fold::lattice::Tables;
use loupe_projector::log::{Decoded, Decoder, Record};
use loupe_projector::quarantine::{Entry, Verdict};
use loupe_projector::retention::Retention;
use loupe_projector::store::{QuarantineRow, Scope};
use loupe_schemas::examples::{self, Variation};
use loupe_schemas::ids::{AccountId, CollectionId};
use loupe_schemas::{Event, Fact, Micros};
use loupe_service::clock;

use crate::engine::migrated;
use crate::whole::{Process, records};

const DAY_US: i64 = 86_400_000_000;
const ACCOUNT: u64 = 1;
const COLLECTION: u64 = 1;

/// A photo seen, so many days ago.
pub(crate) fn view(number: u32, days_ago: i64) -> Event {
    let example =
        examples::events().iter().find(|event| matches!(event.fact, Fact::PhotoViewed(_))).expect("an example");
    let mut event = examples::vary(example, Variation { number, moment: 0, collection: 0, download: 0, actor: 0 });
    event.head.occurred_at = Micros(clock::now_micros() - days_ago * DAY_US);
    event.head.account_id = AccountId(ACCOUNT);
    event.head.collection_id = Some(CollectionId(COLLECTION));
    event
}

/// Records as they were taken so many days ago.
pub(crate) fn taken(events: &[Event], days_ago: i64) -> Vec<Record> {
    let log: Vec<usize> = (0..events.len()).collect();
    let mut records = records(events, &log, ACCOUNT);
    records.iter_mut().for_each(|record| record.appended_at = Micros(clock::now_micros() - days_ago * DAY_US));
    records
}

#[tokio::test(flavor = "multi_thread")]
async fn events_go_and_the_numbers_they_left_stay_and_are_not_overwritten() {
    let (store, client) = migrated("retention").await;
    let views =
        |days_ago: i64| (0..5).map(|number| view(number * 1_000 + days_ago as u32, days_ago)).collect::<Vec<_>>();
    for days_ago in [200, 10] {
        let mut process = Process::start(&store);
        let flush = process.fold(&taken(&views(days_ago), days_ago)).await;
        process.write(flush, &mut Tables::default()).await;
    }
    let scope = Scope { account_id: ACCOUNT, collection_id: Some(COLLECTION) };
    let before = store.tables(scope).await.expect("tables");
    let retention = Retention { events_days: 100, people_days: 100, aggregates_days: 0, quarantine_days: 30 };
    store.keep(&retention).await.expect("an engine that works");
    store.keep(&retention).await.expect("it may be said again");
    assert_eq!(store.retention().await.expect("what the tables say"), retention);
    for table in ["events", "identity_daily", "media_daily"] {
        client.query(&format!("OPTIMIZE TABLE {table} FINAL")).execute().await.expect("a merge");
    }

    // The older day's events and people are gone, the numbers stay.
    let after = store.tables(scope).await.expect("tables");
    let counts = |tables: &Tables| {
        (tables.events.rows().count(), tables.identity_daily.rows().count(), tables.media_daily.shown().len())
    };
    assert_eq!((counts(&before), counts(&after)), ((10, 2, 2), (5, 1, 2)));
    assert_eq!(after.media_daily.shown(), before.media_daily.shown());
    // An audit proves what it still can.
    let collection = Collection { account_id: ACCOUNT, collection_id: COLLECTION };
    let report = audit::collection(&store, collection, &Source::Events).await.expect("an audit");
    assert!(report.differences.is_empty() && report.events == 5, "{report:?}");

    // What comes so late that its slice may be gone is no event to a projector, which otherwise would fold it on nothing.
    let late = taken(&[view(77, 200)], 0).remove(0);
    let mut decoder = Decoder::default().keeping(retention);
    let Decoded::Rejected(rejected) = decoder.decode(&late, 1) else { panic!("it is folded") };
    assert_eq!((rejected.reason, rejected.field.as_str()), ("beyond_retention", "occurred_at"));
    // Sent once more it would be received later still.
    let entry = || {
        let row = QuarantineRow::new(&taken(&[view(79, 64)], 0).remove(0), &rejected);
        Entry { row, replayed_at: None }
    };
    let now = Micros(clock::now_micros());
    assert!(matches!(entry().judge(&decoder, now), Verdict::Event { .. }));
    let later = Micros(now.0 + 2 * DAY_US);
    assert!(matches!(entry().judge(&decoder, later), Verdict::Rejected(found) if found.reason == "beyond_retention"));
    let in_time = taken(&[view(78, 64)], 0).remove(0);
    assert!(matches!(decoder.decode(&in_time, 1), Decoded::Event { .. }));
    // And were it folded by one who keeps events for good, the versions would protect the numbers that stand.
    let mut unaware = Process::start(&store);
    let flush = unaware.fold(&[late]).await;
    unaware.write(flush, &mut Tables::default()).await;
    let folded = store.tables(scope).await.expect("tables");
    assert_eq!(folded.media_daily.shown(), before.media_daily.shown());

    // Kept for good again.
    store.keep(&Retention::default()).await.expect("an engine that works");
    let ttl = "SELECT count() FROM system.tables WHERE database = currentDatabase() AND engine_full LIKE '% TTL %'";
    assert_eq!(client.query(ttl).fetch_one::<u64>().await.expect("a count"), 0);
}
