//! `link_visitors`: who opened a link, over its whole life (rule 72).

use clickhouse::Row;
use loupe_schemas::event::Head;
use loupe_schemas::ids::LinkId;
use serde::{Deserialize, Serialize};

use crate::fold::identity::Identity;

/// A row of `link_visitors`.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct LinkVisitorRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub link_id: String,
    pub identity: u128,
    pub first_opened_at: i64,
    pub last_opened_at: i64,
}

impl LinkVisitorRow {
    /// A counted open by an identity.
    #[must_use]
    pub fn new(head: &Head, link_id: &LinkId, identity: Identity) -> Self {
        Self {
            account_id: head.account_id.0,
            collection_id: head.collection_id.map_or(0, |id| id.0),
            link_id: link_id.to_string(),
            identity: identity.0,
            first_opened_at: head.occurred_at.0,
            last_opened_at: head.occurred_at.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use loupe_schemas::event::{Fact, Opener};

    use crate::fold::fixture::{event, example, fold};

    #[test]
    fn rule_72_a_counted_open_names_its_visitor_and_a_preview_does_not() {
        let counted = event("LinkOpened", "full", 0, |event| {
            if let Fact::LinkOpened(open) = &mut event.fact {
                open.opener = Opener::Human;
            }
        });
        let rows = fold(&[counted, example("LinkOpened", "full", 1)]);
        assert_eq!(rows.link_visitors.len(), 1);
    }
}
