//! What the ledger says: ranges overlap and repeat, and a gap is seen.

use loupe_projector::store::{LedgerRow, LedgerState};
use loupe_schemas::topics;

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
    // How many ranges there are depends on whether the engine has joined the one that came twice.
    let of = |partition| {
        let LedgerState { first_offset, missing, .. } = ledger[&("gallery.events.v1".to_owned(), partition)];
        (first_offset, missing)
    };
    assert_eq!((of(0), of(1)), ((0, 0), (2, 2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_that_follow_each_other_become_one_and_a_gap_stays() {
    let (store, client) = migrated("ledger_joined").await;
    let flush = |partition, first_offset: i64, last_offset: i64| LedgerRow {
        folded: (last_offset - first_offset).unsigned_abs(),
        duplicate: 1,
        ..range(partition, first_offset, last_offset)
    };
    // One by one, one twice, from 60 on behind a gap; another partition's are not touched.
    let mut ranges: Vec<LedgerRow> = (0..10).map(|flushed| flush(0, flushed * 5, flushed * 5 + 4)).collect();
    ranges.extend([
        flush(0, 0, 4),
        flush(0, 60, 64),
        flush(0, 65, 69),
        flush(0, 70, 74),
        flush(1, 0, 4),
        flush(1, 5, 9),
    ]);
    store.write_ledger(&ranges).await.expect("an engine that works");
    let before = store.ledger().await.expect("a ledger");
    let ranges = async || {
        let query = "SELECT partition, first_offset, last_offset, folded, duplicate FROM ledger FINAL ORDER BY ALL";
        client.query(query).fetch_all::<(i32, i64, i64, u64, u64)>().await.expect("ranges")
    };
    let others = [(1, 0, 4, 4, 1), (1, 5, 9, 4, 1)];

    assert_eq!(store.join_ranges(&topics::EVENTS, 0, 12).await.expect("an engine that works"), 10);
    assert_eq!(ranges().await, [&[(0, 0, 49, 40, 10), (0, 60, 69, 8, 2), (0, 70, 74, 4, 1)], &others[..]].concat());
    // A projector died between the two: what joins is there, and a part of what it joined.
    store.write_ledger(&[flush(0, 0, 4), flush(0, 5, 9), flush(0, 65, 69)]).await.expect("an engine that works");
    assert_eq!(store.join_ranges(&topics::EVENTS, 0, 6).await.expect("an engine that works"), 4);
    assert_eq!(ranges().await, [&[(0, 0, 49, 40, 10), (0, 60, 74, 12, 3)], &others[..]].concat());
    let after = store.ledger().await.expect("a ledger");
    for (place, before) in before {
        assert_eq!((after[&place].first_offset, after[&place].missing), (before.first_offset, before.missing));
    }
    assert_eq!(store.position().await.expect("a position").next_offset(&topics::EVENTS, 0), Some(75));
}
