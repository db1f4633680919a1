//! Events in: as many slices at once as a batch may touch.

use loupe_projector::fold::events::EventRow;
use loupe_projector::fold::slice_key::SliceKey;
use loupe_projector::store::Scope;
use loupe_schemas::ids::{AccountId, CollectionId};
use loupe_schemas::time::Day;

use crate::engine::migrated;
use crate::whole::{self, Process};

/// A batch has so many records at most.
const SLICES: u64 = 20_000;
const ACCOUNT: u64 = 1;

#[tokio::test(flavor = "multi_thread")]
async fn as_many_slices_as_a_batch_touches_are_read_at_once() {
    let (store, _) = migrated("hydrate").await;
    let (events, schedule) = whole::any_case(1);
    let mut process = Process::start(&store);
    let flush = process.fold(&whole::records(&events, &schedule.log, ACCOUNT)).await;
    process.write(flush, &mut Default::default()).await;
    let tables = store.tables(Scope { account_id: ACCOUNT, collection_id: None }).await.expect("tables");
    let stored: Vec<SliceKey> = tables.events.rows().map(slice).collect();
    assert!(!stored.is_empty());

    let other = |number: u64| SliceKey {
        account_id: AccountId(ACCOUNT),
        collection_id: CollectionId(1 << 40 | number),
        ..stored[0]
    };
    let mut keys: Vec<SliceKey> = (0..SLICES).map(other).collect();
    keys.extend(&stored);
    keys.sort_unstable();
    keys.dedup();
    let read = store.events_of(&keys).expect("a query").all().await.expect("a statement that is not too long");
    assert_eq!(read.len(), stored.len());
}

const fn slice(row: &EventRow) -> SliceKey {
    let (account_id, collection_id) = (AccountId(row.account_id), CollectionId(row.collection_id));
    SliceKey { account_id, collection_id, day: Day(row.slice_day) }
}
