//! `downloads`: one row per download action, whatever became of it.

use clickhouse::Row;
use loupe_schemas::Text;
use loupe_schemas::event::{DownloadKind, MediaKind};
use loupe_schemas::ids::DownloadId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::fold::Word;
use crate::fold::download::{Evidence, Outcome};
use crate::fold::slice_key::SliceKey;

/// A row of `downloads`.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct DownloadRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub day: u16,
    #[serde(with = "clickhouse::serde::uuid")]
    pub download_id: Uuid,
    pub requested_at: i64,
    pub has_request: bool,
    pub kind: Word,
    pub rendition: Word,
    pub format: Text,
    pub destination: Word,
    pub pin_used: bool,
    pub paid: bool,
    pub link_id: String,
    pub identity: u128,
    pub media_set: u128,
    pub client_id: String,
    pub identified_by: Word,
    pub country: Text,
    pub edge_pop: Text,
    pub filter_reason: Word,
    pub photos: u32,
    pub videos: u32,
    pub media_ids: Vec<u64>,
    pub completed_at: Option<i64>,
    pub active_status: Word,
    pub idle_status: Word,
    pub last_activity_at: i64,
    pub failure_code: Text,
    pub failure_http_status: Option<u16>,
    pub failure_retryable: bool,
    pub size_bytes: Option<u64>,
    pub object_bytes: Option<u64>,
    pub delivered_bytes: u64,
    pub transferred_bytes: u64,
    pub filtered_bytes: u64,
    pub segments: u32,
    pub resumes: u32,
    pub cache_hits: u32,
    pub duration_us: u64,
    pub first_ttfb_us: Option<u64>,
    pub history_at: Vec<i64>,
    pub history_range_start: Vec<Option<u64>>,
    pub history_range_end: Vec<Option<u64>>,
    pub history_body_bytes: Vec<u64>,
    pub history_http_status: Vec<u16>,
    pub history_end_reason: Vec<Word>,
    pub version: u64,
}

impl DownloadRow {
    /// The row of a download.
    #[must_use]
    pub fn new(key: SliceKey, id: DownloadId, evidence: &Evidence, outcome: &Outcome, version: u64) -> Self {
        let requested_at = id.requested_at();
        let mut row = Self {
            account_id: key.account_id.0,
            collection_id: key.collection_id.0,
            day: key.day.0,
            download_id: id.0,
            requested_at: requested_at.0,
            completed_at: outcome.completed_at.map(|time| time.0),
            active_status: outcome.active.as_str().into(),
            idle_status: outcome.idle.as_str().into(),
            last_activity_at: evidence.last_activity_at(requested_at).0,
            size_bytes: outcome.size_bytes,
            object_bytes: outcome.object_bytes,
            delivered_bytes: outcome.delivered_bytes,
            transferred_bytes: outcome.transferred_bytes,
            filtered_bytes: outcome.filtered_bytes,
            segments: count(outcome.segments),
            resumes: count(outcome.resumes),
            cache_hits: count(outcome.cache_hits),
            duration_us: outcome.duration_us,
            first_ttfb_us: outcome.first_ttfb_us,
            version,
            ..Self::default()
        };
        if let Some(failure) = &outcome.failure {
            row.failure_code.clone_from(&failure.code);
            row.failure_http_status = failure.http_status;
            row.failure_retryable = failure.retryable;
        }
        row.take_request(evidence);
        row.take_history(evidence);
        row
    }

    fn take_request(&mut self, evidence: &Evidence) {
        let Some(request) = evidence.request.as_deref() else { return };
        let asked = &request.asked;
        self.has_request = true;
        self.kind = asked.kind.as_str().into();
        self.rendition = asked.rendition.as_str().into();
        self.format.clone_from(&asked.format);
        self.destination = asked.destination.as_str().into();
        self.pin_used = asked.pin_used;
        self.paid = asked.paid;
        self.link_id = asked.link_id.as_ref().map(ToString::to_string).unwrap_or_default();
        self.identity = request.identity.0;
        self.media_set = request.media_set;
        self.client_id = request.client_id.as_ref().map(ToString::to_string).unwrap_or_default();
        self.identified_by = request.identified_by.as_str().into();
        self.country = request.country.clone().unwrap_or_default();
        self.filter_reason = request.filter_reason.map_or("", |reason| reason.as_str()).into();
        self.videos = count(asked.items.iter().filter(|item| item.kind == MediaKind::Video).count() as u64);
        self.photos = count(asked.items.len() as u64) - self.videos;
        self.media_ids = asked.items.iter().map(|item| item.media_id.0).collect();
    }

    /// The unfiltered responses, and what the last of them says (rule 66).
    fn take_history(&mut self, evidence: &Evidence) {
        let request = evidence.request.as_deref();
        for segment in evidence.segments.iter().filter(|segment| segment.filter_reason(request).is_none()) {
            self.history_at.push(segment.order.at.0);
            // A whole response shows the bytes it is credited with (rule 35).
            let credited =
                || segment.interval().filter(|(start, end)| start < end).map(|(start, end)| (start, end - 1));
            let range = segment.range.map(|range| (range.start, range.end)).or_else(credited);
            self.history_range_start.push(range.map(|(start, _)| start));
            self.history_range_end.push(range.map(|(_, end)| end));
            self.history_body_bytes.push(segment.body_bytes);
            self.history_http_status.push(segment.status);
            self.history_end_reason.push(segment.end_reason.as_str().into());
            self.edge_pop.clone_from(&segment.pop);
        }
        if self.country.is_empty() {
            let last = evidence.segments.iter().rev().find(|segment| segment.filter_reason(request).is_none());
            self.country = last.and_then(|segment| segment.country.clone()).unwrap_or_default();
        }
    }
}

/// Whether a download's items are of an archive.
#[must_use]
pub fn is_archive(kind: DownloadKind) -> bool {
    kind == DownloadKind::Archive
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use loupe_schemas::event::Fact;

    use crate::fold::fixture::{AT, event, example, fold};

    #[test]
    fn rule_1_an_action_is_of_the_time_inside_its_id() {
        let rows = fold(&[example("DownloadRequested", "film", 0), example("TransferSegment", "full", 1)]);
        let row = rows.downloads.last().unwrap();
        assert_eq!(row.requested_at, AT.0 - 47_000_000);
        assert_eq!((row.kind.as_ref(), row.videos, row.photos), ("video", 1, 0));
        assert_eq!((row.idle_status.as_ref(), row.completed_at), ("partial", None));
    }

    #[test]
    fn rule_35_a_whole_response_shows_the_bytes_it_is_credited_with() {
        let rows = fold(&[
            example("DownloadRequested", "film", 0),
            event("TransferSegment", "full", 1, |event| {
                if let Fact::TransferSegment(segment) = &mut event.fact {
                    (segment.range, segment.status, segment.body_bytes) = (None, 200, 1_000);
                }
            }),
        ]);
        let row = rows.downloads.last().unwrap();
        assert_eq!((&row.history_range_start[..], &row.history_range_end[..]), (&[Some(0)][..], &[Some(999)][..]));
    }

    #[test]
    fn rule_35_a_whole_response_that_sent_nothing_shows_no_range() {
        let silent = event("TransferSegment", "full", 1, |event| {
            if let Fact::TransferSegment(segment) = &mut event.fact {
                (segment.status, segment.range, segment.body_bytes) = (200, None, 0);
            }
        });
        let rows = fold(&[example("DownloadRequested", "film", 0), silent]);
        let row = rows.downloads.last().unwrap();
        assert_eq!((&row.history_range_start[..], &row.history_range_end[..]), (&[None][..], &[None][..]));
        assert_eq!(row.history_body_bytes, [0]);
    }
}
