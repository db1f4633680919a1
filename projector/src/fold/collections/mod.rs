//! `collections`: the catalogue's latest word on a collection, and what upserts said of its publication (rules 92, 94 and 95).

use clickhouse::Row;
use clickhouse::types::UInt256;
use loupe_schemas::event::{CollectionUpserted, Head};
use serde::{Deserialize, Serialize};

use crate::fold::Order;

/// A row of `collections`.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct CollectionRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub name: String,
    pub published_at: Option<i64>,
    pub occurred_at: i64,
    pub version: UInt256,
    pub is_deleted: u8,
}

/// A row of `collection_first_upserts`.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct CollectionFirstUpsertRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub first_upserted_at: i64,
    /// The latest upsert, and `published_at` of it or [`NOT_NAMED`]; zeros of collections that were deleted before there was
    /// this column.
    pub latest: (i64, u128, i64),
}

/// The `published_at` of an upsert that named none.
const NOT_NAMED: i64 = -1;

impl CollectionRow {
    /// The state of a collection, or its deletion when `fact` is absent.
    #[must_use]
    pub fn new(head: &Head, fact: Option<&CollectionUpserted>) -> Self {
        Self {
            account_id: head.account_id.0,
            collection_id: head.collection_id.map_or(0, |id| id.0),
            name: fact.map(|fact| fact.name.clone()).unwrap_or_default(),
            published_at: fact.and_then(|fact| fact.published_at).map(|time| time.0),
            occurred_at: head.occurred_at.0,
            version: Order::of(head).as_version(),
            is_deleted: u8::from(fact.is_none()),
        }
    }
}

impl CollectionFirstUpsertRow {
    /// One more upsert; the earliest time stays, and what the latest said.
    #[must_use]
    pub fn new(head: &Head, fact: &CollectionUpserted) -> Self {
        let (at, event_id) = Order::of(head).as_tuple();
        Self {
            account_id: head.account_id.0,
            collection_id: head.collection_id.map_or(0, |id| id.0),
            first_upserted_at: head.occurred_at.0,
            latest: (at, event_id, fact.published_at.map_or(NOT_NAMED, |time| time.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use loupe_schemas::Event;

    use super::NOT_NAMED;
    use crate::fold::fixture::{AT, example, fold};
    use crate::fold::lattice::Lattice;

    #[test]
    fn rule_92_the_first_upsert_is_kept_apart_from_the_latest_state() {
        let rows = fold(&[example("CollectionUpserted", "full", 5), example("CollectionUpserted", "minimal", 1)]);
        assert_eq!(rows.collections.len(), 2);
        let first = rows.collection_first_upserts.iter().map(|row| row.first_upserted_at).min();
        assert_eq!(first, Some(AT.0 + 1_000_000));
    }

    #[test]
    fn rule_92_the_latest_upsert_says_when_it_was_published_or_nothing_of_it() {
        let (full, minimal) = (example("CollectionUpserted", "full", 5), example("CollectionUpserted", "minimal", 9));
        let row = |event: &Event| fold(std::slice::from_ref(event)).collection_first_upserts.remove(0);
        let mut joined = row(&minimal);
        joined.join(&row(&full));
        assert_eq!((joined.first_upserted_at, joined.latest.0), (AT.0 + 5_000_000, AT.0 + 9_000_000));
        assert_eq!(joined.latest.2, NOT_NAMED);
        assert!(row(&full).latest.2 > 0);
    }

    #[test]
    fn rule_94_a_deletion_is_a_row_that_hides_the_others() {
        let rows = fold(&[example("CollectionDeleted", "full", 0)]);
        assert_eq!((rows.collections[0].is_deleted, rows.collections[0].name.as_str()), (1, ""));
        assert!(rows.collection_first_upserts.is_empty());
    }
}
