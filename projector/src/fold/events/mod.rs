//! `events`: every distinct fact as it travelled, from which a slice can be rebuilt.

use bytes::Bytes;
use clickhouse::Row;
use loupe_schemas::{Event, Fact};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::fold::Word;

/// A row of `events`.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct EventRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub slice_day: u16,
    #[serde(with = "clickhouse::serde::uuid")]
    pub event_id: Uuid,
    pub r#type: Word,
    pub occurred_at: i64,
    pub unattached_bytes: u64,
    pub payload: Bytes,
    pub version: u64,
    pub log_offset: i64,
}

/// The offset of an event of which only the set is known, not the log.
pub const NO_OFFSET: i64 = -1;

/// The version of a row whose payload is as it came.
pub const AS_IT_CAME: u64 = 0;
/// The version of a row whose payload names an erased client no more (rule 16).
pub const REPLACED: u64 = 1;

impl EventRow {
    /// The row of an event that was folded first at `log_offset`; `None` for a catalogue event without a collection,
    /// which no slice holds.
    #[must_use]
    pub fn new(event: &Event, payload: Bytes, log_offset: i64) -> Option<Self> {
        let unattached_bytes = match &event.fact {
            Fact::TransferSegment(segment) if segment.download_id.is_none() => segment.body_bytes,
            _ => 0,
        };
        Some(Self {
            account_id: event.head.account_id.0,
            collection_id: event.head.collection_id?.0,
            slice_day: event.slice_day().0,
            event_id: event.head.event_id.0,
            r#type: event.fact.event_type().as_str().into(),
            occurred_at: event.head.occurred_at.0,
            unattached_bytes,
            payload,
            version: AS_IT_CAME,
            log_offset,
        })
    }

    /// The row in place of an erased client's: it outranks the one as it came.
    #[must_use]
    pub fn replaced(event: &Event, payload: Bytes, log_offset: i64) -> Option<Self> {
        Self::new(event, payload, log_offset).map(|row| Self { version: REPLACED, ..row })
    }
}

#[cfg(test)]
mod tests {
    use loupe_schemas::Fact;

    use crate::fold::fixture::{event, example, fold};

    #[test]
    fn rule_28_a_segment_without_a_download_is_of_its_own_day_and_unattached() {
        let preview = event("TransferSegment", "preview_of_no_action", 0, |event| {
            if let Fact::TransferSegment(segment) = &mut event.fact {
                segment.body_bytes = 700;
            }
        });
        let rows = fold(&[preview, example("DownloadRequested", "film", 0)]);
        let unattached: Vec<u64> = rows.events.iter().map(|row| row.unattached_bytes).collect();
        assert_eq!(unattached, [700, 0]);
        assert!(rows.events.iter().all(|row| row.payload == b"payload"[..]));
    }
}
