//! `media`: the catalogue's latest word on a photo or video (rules 94 and 95).

use clickhouse::Row;
use clickhouse::types::UInt256;
use loupe_schemas::event::{Head, MediaUpserted};
use loupe_schemas::ids::MediaId;
use serde::{Deserialize, Serialize};

use crate::fold::Order;

/// A row of `media`.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct MediaRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub media_id: u64,
    pub gallery_id: u64,
    pub media_kind: String,
    pub filename: String,
    pub format: String,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub bytes: Option<u64>,
    pub duration_seconds: Option<f64>,
    pub codec: Option<String>,
    pub tags: Vec<String>,
    pub occurred_at: i64,
    pub version: UInt256,
    pub is_deleted: u8,
}

impl MediaRow {
    /// The state of a medium.
    #[must_use]
    pub fn upserted(head: &Head, fact: &MediaUpserted) -> Self {
        Self {
            gallery_id: fact.gallery_id.0,
            media_kind: fact.media_kind.as_str().to_owned(),
            filename: fact.filename.clone(),
            format: fact.format.clone(),
            width: fact.width,
            height: fact.height,
            bytes: Some(fact.bytes),
            duration_seconds: fact.duration_seconds,
            codec: fact.codec.clone(),
            tags: fact.tags.clone(),
            is_deleted: 0,
            ..Self::deleted(head, fact.media_id)
        }
    }

    /// The deletion of a medium.
    #[must_use]
    pub fn deleted(head: &Head, media_id: MediaId) -> Self {
        Self {
            account_id: head.account_id.0,
            collection_id: head.collection_id.map_or(0, |id| id.0),
            media_id: media_id.0,
            gallery_id: 0,
            media_kind: String::new(),
            filename: String::new(),
            format: String::new(),
            width: None,
            height: None,
            bytes: None,
            duration_seconds: None,
            codec: None,
            tags: Vec::new(),
            occurred_at: head.occurred_at.0,
            version: Order::of(head).as_version(),
            is_deleted: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fold::fixture::{example, fold};

    #[test]
    fn rule_95_a_state_is_whole_and_a_deletion_hides_it() {
        let rows = fold(&[
            example("MediaUpserted", "full", 0),
            example("MediaUpserted", "minimal", 1),
            example("MediaDeleted", "full", 2),
        ]);
        let [full, minimal, deletion] = &rows.media[..] else { panic!("{:?}", rows.media) };
        assert_eq!((full.width, full.tags.len()), (Some(3840), 2));
        assert_eq!((minimal.width, minimal.tags.len()), (None, 0));
        assert_eq!(deletion.is_deleted, 1);
    }
}
