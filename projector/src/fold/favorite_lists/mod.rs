//! `favorite_lists`: the state of a list of favourites (rule 85).

use clickhouse::Row;
use loupe_schemas::event::{FavoriteList, Head};
use loupe_schemas::ids::ListId;
use serde::{Deserialize, Serialize};

use crate::fold::Order;

/// A row of `favorite_lists`; a zero tuple says nothing.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct FavoriteListRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub list_id: String,
    pub state: (i64, u128, String, i64),
    pub submitted: (i64, u128),
    pub reopened: (i64, u128),
}

impl FavoriteListRow {
    fn of(head: &Head, list_id: &ListId) -> Self {
        Self {
            account_id: head.account_id.0,
            collection_id: head.collection_id.map_or(0, |id| id.0),
            list_id: list_id.to_string(),
            ..Self::default()
        }
    }

    /// The whole state of a list, as created or updated.
    #[must_use]
    pub fn state(head: &Head, fact: &FavoriteList) -> Self {
        let (at, id) = Order::of(head).as_tuple();
        let state = (at, id, fact.list_name.clone(), fact.max_selections.map_or(-1, i64::from));
        Self { state, ..Self::of(head, &fact.list_id) }
    }

    /// A list handed in.
    #[must_use]
    pub fn submitted(head: &Head, list_id: &ListId) -> Self {
        Self { submitted: Order::of(head).as_tuple(), ..Self::of(head, list_id) }
    }

    /// A list opened again.
    #[must_use]
    pub fn reopened(head: &Head, list_id: &ListId) -> Self {
        Self { reopened: Order::of(head).as_tuple(), ..Self::of(head, list_id) }
    }
}

#[cfg(test)]
mod tests {
    use crate::fold::fixture::{example, fold};

    #[test]
    fn rule_85_state_submission_and_reopening_are_kept_apart() {
        let rows = fold(&[
            example("FavoriteListCreated", "full", 0),
            example("FavoriteListSubmitted", "full", 1),
            example("FavoriteListReopened", "full", 2),
        ]);
        let [created, submitted, reopened] = &rows.favorite_lists[..] else { panic!("{:?}", rows.favorite_lists) };
        assert_eq!((created.state.2.as_str(), created.state.3), ("Album picks", 40));
        assert_eq!((created.submitted.0, submitted.state.0), (0, 0));
        assert!(reopened.reopened > submitted.submitted);
    }

    #[test]
    fn rule_85_a_list_without_a_limit_says_so() {
        let rows = fold(&[example("FavoriteListCreated", "minimal", 0)]);
        assert_eq!(rows.favorite_lists[0].state.3, -1);
    }
}
