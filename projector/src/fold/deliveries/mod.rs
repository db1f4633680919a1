//! `deliveries`: one row per medium received, alone or inside an archive.

use std::collections::BTreeSet;

use clickhouse::Row;
use loupe_schemas::Text;
use loupe_schemas::ids::{DownloadId, MediaId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::fold::Word;
use crate::fold::download::{Evidence, Outcome};
use crate::fold::downloads::is_archive;
use crate::fold::slice_key::SliceKey;

/// A row of `deliveries`.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct DeliveryRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub day: u16,
    #[serde(with = "clickhouse::serde::uuid")]
    pub download_id: Uuid,
    pub media_id: u64,
    pub requested_at: i64,
    pub media_kind: Word,
    pub source: Word,
    pub rendition: Word,
    pub format: Text,
    pub destination: Word,
    pub pin_used: bool,
    pub paid: bool,
    pub link_id: String,
    pub identity: u128,
    pub client_id: String,
    pub identified_by: Word,
    pub filter_reason: Word,
    pub completed_at: Option<i64>,
    pub active_status: Word,
    pub idle_status: Word,
    pub last_activity_at: i64,
    pub size_bytes: u64,
    pub delivered_bytes: u64,
    pub span_bytes: u64,
    pub resumes: u32,
    pub version: u64,
    pub is_deleted: u8,
}

/// Adds the rows of a download: one per item, and a tombstone for every medium in `gone` that is no item.
pub fn rows(
    key: SliceKey,
    id: DownloadId,
    evidence: &Evidence,
    outcome: &Outcome,
    gone: &BTreeSet<MediaId>,
    version: u64,
    rows: &mut Vec<DeliveryRow>,
) {
    let Some(request) = evidence.request.as_deref() else { return };
    let asked = &request.asked;
    let common = DeliveryRow {
        account_id: key.account_id.0,
        collection_id: key.collection_id.0,
        day: key.day.0,
        download_id: id.0,
        requested_at: id.requested_at().0,
        source: if is_archive(asked.kind) { "archive" } else { "single" }.into(),
        rendition: asked.rendition.as_str().into(),
        format: asked.format.clone(),
        destination: asked.destination.as_str().into(),
        pin_used: asked.pin_used,
        paid: asked.paid,
        link_id: asked.link_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        identity: request.identity.0,
        client_id: request.client_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        identified_by: request.identified_by.as_str().into(),
        filter_reason: request.filter_reason.map_or("", |reason| reason.as_str()).into(),
        active_status: outcome.active.as_str().into(),
        idle_status: outcome.idle.as_str().into(),
        last_activity_at: evidence.last_activity_at(id.requested_at()).0,
        resumes: u32::try_from(outcome.resumes).unwrap_or(u32::MAX),
        version,
        ..DeliveryRow::default()
    };
    rows.extend(asked.items.iter().zip(&outcome.members).map(|(item, member)| DeliveryRow {
        media_id: member.media_id.0,
        media_kind: item.kind.as_str().into(),
        completed_at: member.completed_at.map(|time| time.0),
        size_bytes: member.size_bytes,
        delivered_bytes: member.delivered_bytes,
        span_bytes: member.span_bytes,
        ..common.clone()
    }));
    if !gone.is_empty() {
        let present: BTreeSet<MediaId> = asked.items.iter().map(|item| item.media_id).collect();
        let tombstone = |media_id: &MediaId| DeliveryRow { media_id: media_id.0, is_deleted: 1, ..common.clone() };
        rows.extend(gone.difference(&present).map(tombstone));
    }
}

#[cfg(test)]
mod tests {
    use loupe_schemas::event::Fact;
    use loupe_schemas::ids::MediaId;

    use crate::fold::filter::ActorClass;
    use crate::fold::fixture::{event, example, fold};
    use crate::fold::rows::Rows;
    use crate::fold::slice::Slice;
    use crate::fold::slice_key::SliceKey;

    #[test]
    fn every_item_of_an_action_is_a_delivery() {
        let rows = fold(&[example("DownloadRequested", "full", 0)]);
        let media: Vec<_> =
            rows.deliveries.iter().map(|row| (row.media_id, row.media_kind.as_ref(), row.source.as_ref())).collect();
        assert_eq!(media.len(), 2);
        assert!(
            media.contains(&(731_100_245, "photo", "archive")) && media.contains(&(88_120_031, "video", "archive"))
        );
    }

    #[test]
    fn rule_32_media_of_a_request_that_lost_are_deleted() {
        let later = event("DownloadRequested", "film", 10, |_| {});
        let earlier = event("DownloadRequested", "film", 5, |event| {
            if let Fact::DownloadRequested(request) = &mut event.fact {
                request.items[0].media_id = MediaId(5);
            }
        });
        let key = SliceKey::of(&later).unwrap();
        let mut slice = Slice::new(key);
        let mut rows = Rows::default();
        for event in [&later, &earlier] {
            slice.fold(event, ActorClass::of(event.head.actor.as_ref().unwrap()), 0, &mut rows);
            slice.take_rows(&mut rows);
        }
        let last = |media_id| rows.deliveries.iter().rev().find(|row| row.media_id == media_id).unwrap().is_deleted;
        assert_eq!((last(88_120_031), last(5)), (1, 0));
    }
}
