//! `galleries`: the catalogue's latest word on a gallery (rules 94 and 95).

use clickhouse::Row;
use clickhouse::types::UInt256;
use loupe_schemas::event::Head;
use loupe_schemas::ids::GalleryId;
use serde::{Deserialize, Serialize};

use crate::fold::Order;

/// A row of `galleries`.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct GalleryRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub gallery_id: u64,
    pub name: String,
    pub occurred_at: i64,
    pub version: UInt256,
    pub is_deleted: u8,
}

impl GalleryRow {
    /// The state of a gallery, or its deletion when `name` is absent.
    #[must_use]
    pub fn new(head: &Head, gallery_id: GalleryId, name: Option<&str>) -> Self {
        Self {
            account_id: head.account_id.0,
            collection_id: head.collection_id.map_or(0, |id| id.0),
            gallery_id: gallery_id.0,
            name: name.unwrap_or_default().to_owned(),
            occurred_at: head.occurred_at.0,
            version: Order::of(head).as_version(),
            is_deleted: u8::from(name.is_none()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fold::fixture::{example, fold};

    #[test]
    fn rules_94_and_95_the_latest_state_wins_and_a_deletion_hides_it() {
        let rows = fold(&[example("GalleryUpserted", "full", 0), example("GalleryDeleted", "full", 1)]);
        let [state, deletion] = &rows.galleries[..] else { panic!("{:?}", rows.galleries) };
        assert_eq!((state.is_deleted, deletion.is_deleted), (0, 1));
        assert!(!state.name.is_empty() && deletion.version.to_le_bytes() != state.version.to_le_bytes());
    }
}
