//! `stars`: the owner's star on a photo (rule 82).

use clickhouse::Row;
use loupe_schemas::event::Head;
use loupe_schemas::ids::MediaId;
use serde::{Deserialize, Serialize};

use crate::fold::Order;

/// A row of `stars`; a zero tuple says nothing.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct StarRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub media_id: u64,
    pub starred: (i64, u128),
    pub unstarred: (i64, u128),
}

impl StarRow {
    fn of(head: &Head, media_id: MediaId) -> Self {
        let collection_id = head.collection_id.map_or(0, |id| id.0);
        Self { account_id: head.account_id.0, collection_id, media_id: media_id.0, ..Self::default() }
    }

    /// A star set.
    #[must_use]
    pub fn starred(head: &Head, media_id: MediaId) -> Self {
        Self { starred: Order::of(head).as_tuple(), ..Self::of(head, media_id) }
    }

    /// A star taken back.
    #[must_use]
    pub fn unstarred(head: &Head, media_id: MediaId) -> Self {
        Self { unstarred: Order::of(head).as_tuple(), ..Self::of(head, media_id) }
    }
}

#[cfg(test)]
mod tests {
    use crate::fold::fixture::{example, fold};

    #[test]
    fn rule_82_a_star_is_set_and_taken_back_by_the_latest() {
        let rows = fold(&[example("PhotoStarred", "full", 0), example("PhotoUnstarred", "full", 1)]);
        let [starred, unstarred] = &rows.stars[..] else { panic!("{:?}", rows.stars) };
        assert!(unstarred.unstarred > starred.starred);
        assert_eq!((starred.unstarred.0, unstarred.starred.0), (0, 0));
    }
}
