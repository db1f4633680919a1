//! What the ledger says: ranges overlap and repeat, and a gap is seen.

use loupe_projector::store::{LedgerRow, LedgerState};

use crate::engine::migrated;

fn range(partition: i32, first_offset: i64, last_offset: i64) -> LedgerRow {
    LedgerRow {
        topic: "gallery.events.v1".to_owned(),
        partition,
        first_offset,
        last_offset,
        folded: 0,
        duplicate: 0,
        quarantined: 0,
        rerouted: 0,
        canaries: 0,
        canary_at: 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_between_ranges_is_unaccounted_and_an_overlap_is_none() {
    let (store, _) = migrated("ledger").await;
    assert!(store.ledger().await.expect("a ledger").is_empty());
    let ranges = [range(0, 0, 9), range(0, 5, 19), range(0, 0, 9), range(1, 2, 4), range(1, 7, 9), range(1, 3, 3)];
    for range in ranges {
        store.write_ledger(&[range]).await.expect("a range is written");
    }
    let ledger = store.ledger().await.expect("a ledger");
    let of = |partition| ledger[&("gallery.events.v1".to_owned(), partition)];
    assert_eq!(of(0), LedgerState { first_offset: 0, missing: 0 });
    assert_eq!(of(1), LedgerState { first_offset: 2, missing: 2 });
}
