//! What follows from the evidence of one download (rules 31 to 53). Only idleness is left to the reader (rule 6).

use loupe_schemas::event::{DownloadKind, EndReason, Item};
use loupe_schemas::ids::MediaId;
use loupe_schemas::{Micros, Text};

use super::evidence::{Etag, Evidence, PreparationResult, Request, Segment};
use crate::fold::coverage::Coverage;

/// The status while the download is not idle (rules 45 and 49).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActiveStatus {
    /// A photo or video was clicked.
    Requested,
    /// An archive was clicked.
    Preparing,
    /// Bytes flow.
    InProgress,
}

/// The status once the download is idle (rule 48).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdleStatus {
    /// The last thing that happened was a failure.
    Failed,
    /// Something was delivered.
    Partial,
    /// Nothing was delivered.
    Abandoned,
}

impl ActiveStatus {
    /// The status as answers spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Preparing => "preparing",
            Self::InProgress => "in_progress",
        }
    }
}

impl IdleStatus {
    /// The status as answers spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Partial => "partial",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Why a download failed (rule 53).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The preparer's code, or why the last response ended.
    pub code: Text,
    /// Status of the last response; `None` when the preparation failed.
    pub http_status: Option<u16>,
    /// Whether asking again may help.
    pub retryable: bool,
}

/// What became of one medium of the download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The medium.
    pub media_id: MediaId,
    /// When its bytes were complete; `None` when they are not.
    pub completed_at: Option<Micros>,
    /// How many of its bytes lie in the shown union (rule 51).
    pub delivered_bytes: u64,
    /// What `delivered_bytes` is a part of.
    pub span_bytes: u64,
    /// Its size in bytes (rule 44).
    pub size_bytes: u64,
}

/// Everything rows say of one download that depends on no clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// When one union became complete (rules 37 and 41).
    pub completed_at: Option<Micros>,
    /// The status while not idle.
    pub active: ActiveStatus,
    /// The status once idle.
    pub idle: IdleStatus,
    /// Why it failed, when `idle` is failed.
    pub failure: Option<Failure>,
    /// Length of the shown union (rule 37).
    pub delivered_bytes: u64,
    /// Size of the shown union's object, when any response said so.
    pub object_bytes: Option<u64>,
    /// Size to print for the action (rule 44).
    pub size_bytes: Option<u64>,
    /// Body bytes of unfiltered responses (rule 36).
    pub transferred_bytes: u64,
    /// Body bytes of filtered responses (rule 27).
    pub filtered_bytes: u64,
    /// Number of unfiltered responses.
    pub segments: u64,
    /// Unfiltered responses that continued an earlier one (rule 43).
    pub resumes: u64,
    /// Unfiltered responses the cache served (rule 66).
    pub cache_hits: u64,
    /// Sum of their durations in microseconds (rule 64).
    pub duration_us: u64,
    /// Time to first byte of the first of them, in microseconds (rule 65).
    pub first_ttfb_us: Option<u64>,
    /// What became of each item, in the order of the request.
    pub members: Vec<Member>,
}

/// One etag's union, and when it was complete.
struct Union {
    etag: Etag,
    object_bytes: u64,
    coverage: Coverage,
    completed_at: Option<Micros>,
}

/// The unions of a download while its segments are walked in order.
struct Unions {
    all: Vec<Union>,
    first_complete: Option<usize>,
    last: Option<usize>,
    member_completed_at: Vec<Option<Micros>>,
}

impl Outcome {
    /// Works out the outcome.
    #[must_use]
    pub fn of(evidence: &Evidence) -> Self {
        let request = evidence.request.as_deref();
        let counted: Vec<&Segment> =
            evidence.segments.iter().filter(|segment| segment.filter_reason(request).is_none()).collect();
        let filtered_bytes = evidence.segments.iter().filter(|segment| segment.filter_reason(request).is_some());
        let unions = Unions::walk(&counted, request);
        let shown = unions.shown();
        let completed_at = unions.first_complete.and_then(|index| unions.all[index].completed_at);
        let (idle, failure) = settle(evidence, &counted, unions.is_anything_delivered());
        Self {
            completed_at,
            active: active_status(request, counted.is_empty()),
            idle,
            failure,
            delivered_bytes: shown.map_or(0, |union| union.coverage.len()),
            object_bytes: shown.map(|union| union.object_bytes),
            size_bytes: size_bytes(evidence, shown),
            transferred_bytes: counted.iter().map(|segment| segment.body_bytes).sum(),
            filtered_bytes: filtered_bytes.map(|segment| segment.body_bytes).sum(),
            segments: counted.len() as u64,
            resumes: counted.iter().filter(|segment| segment.is_resume()).count() as u64,
            cache_hits: counted.iter().filter(|segment| segment.cache_hit).count() as u64,
            duration_us: counted.iter().map(|segment| segment.duration_us).sum(),
            first_ttfb_us: counted.first().map(|segment| segment.ttfb_us),
            members: members(request, &unions, completed_at),
        }
    }
}

impl Unions {
    fn walk(counted: &[&Segment], request: Option<&Request>) -> Self {
        let items = request.map_or(&[][..], |request| &request.asked.items);
        let mut unions =
            Self { all: Vec::new(), first_complete: None, last: None, member_completed_at: vec![None; items.len()] };
        let proofs = || counted.iter().filter(|segment| names_the_object(segment, request));
        for segment in proofs() {
            let index = unions.of_etag(segment.etag);
            // The final largest size decides, so that completion does not depend on when a size was learnt (rule 38).
            unions.all[index].object_bytes = unions.all[index].object_bytes.max(segment.object_bytes);
        }
        for segment in proofs() {
            unions.credit(segment, items, is_archive(request));
        }
        unions
    }

    fn of_etag(&mut self, etag: Etag) -> usize {
        if let Some(index) = self.all.iter().position(|union| union.etag == etag) {
            return index;
        }
        self.all.push(Union { etag, object_bytes: 0, coverage: Coverage::default(), completed_at: None });
        self.all.len() - 1
    }

    fn credit(&mut self, segment: &Segment, items: &[Item], is_archive: bool) {
        let index = self.of_etag(segment.etag);
        self.last = Some(index);
        let union = &mut self.all[index];
        if let Some((start, end)) = segment.interval() {
            union.coverage.add(start, end);
        }
        // An empty object is complete with its first 200 (rule 39): its union is always whole.
        let is_whole =
            union.coverage.covers(0, union.object_bytes) && (union.object_bytes > 0 || segment.status == 200);
        if union.completed_at.is_none() && is_whole {
            union.completed_at = Some(segment.order.at);
            self.first_complete.get_or_insert(index);
        }
        if is_archive {
            for (item, completed_at) in items.iter().zip(&mut self.member_completed_at) {
                if completed_at.is_none()
                    && member_span(item).is_some_and(|(start, end)| start < end && union.coverage.covers(start, end))
                {
                    *completed_at = Some(segment.order.at);
                }
            }
        }
    }

    fn shown(&self) -> Option<&Union> {
        self.first_complete.or(self.last).map(|index| &self.all[index])
    }

    fn is_anything_delivered(&self) -> bool {
        self.all.iter().any(|union| !union.coverage.is_empty())
    }
}

fn is_archive(request: Option<&Request>) -> bool {
    request.is_some_and(|request| request.asked.kind == DownloadKind::Archive)
}

/// Whether a segment is about the object of the action and may add an interval (rules 34 and 40).
fn names_the_object(segment: &Segment, request: Option<&Request>) -> bool {
    if !matches!(segment.status, 200 | 206) {
        return false;
    }
    let Some(request) = request else { return true };
    if request.asked.kind == DownloadKind::Archive {
        return true;
    }
    let item = request.asked.items.first().map(|item| item.media_id);
    segment.media_id.is_none() || segment.media_id == item
}

/// Where a member's bytes lie inside the archive; `None` when nobody said (rule 51).
fn member_span(item: &Item) -> Option<(u64, u64)> {
    let start = item.zip_offset?;
    Some((start, start.saturating_add(item.zip_length.unwrap_or(item.bytes))))
}

fn members(request: Option<&Request>, unions: &Unions, completed_at: Option<Micros>) -> Vec<Member> {
    let Some(request) = request else { return Vec::new() };
    let is_archive = is_archive(Some(request));
    let shown = unions.shown();
    let items = request.asked.items.iter().zip(&unions.member_completed_at);
    items
        .map(|(item, own)| {
            let (delivered_bytes, span_bytes) = match (is_archive, member_span(item), shown) {
                (false, _, Some(union)) => (union.coverage.len(), union.object_bytes),
                (true, Some((start, end)), Some(union)) => (union.coverage.within(start, end), end - start),
                (true, None, _) if completed_at.is_some() => (item.bytes, item.bytes),
                (true, Some((start, end)), None) => (0, end - start),
                _ => (0, item.bytes),
            };
            let completed_at = [*own, completed_at].into_iter().flatten().min();
            Member { media_id: item.media_id, completed_at, delivered_bytes, span_bytes, size_bytes: item.bytes }
        })
        .collect()
}

fn active_status(request: Option<&Request>, nothing_sent: bool) -> ActiveStatus {
    match (nothing_sent, is_archive(request)) {
        (false, _) => ActiveStatus::InProgress,
        (true, true) => ActiveStatus::Preparing,
        (true, false) => ActiveStatus::Requested,
    }
}

/// An archive's size is the shown union's, else the prepared, else the requested (rule 44).
fn size_bytes(evidence: &Evidence, shown: Option<&Union>) -> Option<u64> {
    let request = evidence.request.as_deref();
    let prepared = || {
        evidence.preparations.iter().rev().find_map(|preparation| match preparation.result {
            PreparationResult::Ready { object_bytes } => Some(object_bytes),
            PreparationResult::Failed { .. } => None,
        })
    };
    if !is_archive(request) {
        let item = request.and_then(|request| request.asked.items.first()).map(|item| item.bytes);
        return item.or_else(|| shown.map(|union| union.object_bytes));
    }
    shown
        .map(|union| union.object_bytes)
        .or_else(prepared)
        .or_else(|| request.and_then(|request| request.asked.object_bytes))
}

/// What decides once idle: the last of preparations and unfiltered segments (rules 48 and 53).
fn settle(evidence: &Evidence, counted: &[&Segment], is_anything_delivered: bool) -> (IdleStatus, Option<Failure>) {
    let preparation = evidence.preparations.last();
    let segment = counted.last();
    let prepared_last = match (preparation, segment) {
        (Some(preparation), Some(segment)) => preparation.order > segment.order,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let failure = if prepared_last {
        preparation.and_then(|preparation| match &preparation.result {
            PreparationResult::Failed { code } => {
                let retryable = code.as_str() != EndReason::Denied.as_str();
                Some(Failure { code: code.clone(), http_status: None, retryable })
            }
            PreparationResult::Ready { .. } => None,
        })
    } else {
        segment.filter(|segment| segment.is_failed()).map(|segment| failure_of(segment))
    };
    let idle = match (&failure, is_anything_delivered) {
        (Some(_), _) => IdleStatus::Failed,
        (None, true) => IdleStatus::Partial,
        (None, false) => IdleStatus::Abandoned,
    };
    (idle, failure)
}

fn failure_of(segment: &Segment) -> Failure {
    let reason = match (segment.status, segment.end_reason) {
        (401 | 403 | 410, _) => EndReason::Denied,
        (500.., EndReason::Ok) => EndReason::OriginError,
        (_, reason) => reason,
    };
    let is_final_status = matches!(segment.status, 400..=499) && !matches!(segment.status, 408 | 425 | 429);
    Failure {
        code: reason.as_str().into(),
        http_status: Some(segment.status),
        retryable: reason != EndReason::Denied && !is_final_status,
    }
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
