//! What is known of one download: its request, its preparations, its segments, each once and in order.

use loupe_schemas::event::{Actor, CacheStatus, DownloadRequested, EndReason, IdentifiedBy, Range, TransferSegment};
use loupe_schemas::ids::{ClientId, MediaId};
use loupe_schemas::{Micros, Text};
use smallvec::SmallVec;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::fold::Order;
use crate::fold::filter::{ActorClass, Excuse, FilterReason, judge_actor, judge_transfer};
use crate::fold::identity::Identity;
use crate::fold::memory::grow_a_little;

/// Everything known of one `download_id`; the same for every order of arrival.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evidence {
    /// The earliest request (rule 32), once it has come (rule 31).
    pub request: Option<Box<Request>>,
    /// Preparations of an archive, in order.
    pub preparations: Vec<Preparation>,
    /// Responses, in order.
    pub segments: Vec<Segment>,
}

/// The click, and the actor the download belongs to (rule 11).
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its place among other requests of the same download.
    pub order: Order,
    /// What was asked for.
    pub asked: DownloadRequested,
    /// The hash of the set of media that was asked for: half of an action's unique key (rule 54).
    pub media_set: u128,
    /// Who counts as one.
    pub identity: Identity,
    /// The client, when known.
    pub client_id: Option<ClientId>,
    /// How the edge knew the actor.
    pub identified_by: IdentifiedBy,
    /// The requester's country.
    pub country: Option<Text>,
    /// Why the whole action is not counted (rule 18).
    pub filter_reason: Option<FilterReason>,
    /// What it excuses in its segments (rule 19).
    pub excuse: Excuse,
}

/// One `DownloadPrepared` or `DownloadPrepareFailed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparation {
    /// When.
    pub order: Order,
    /// How it went.
    pub result: PreparationResult,
}

/// How a preparation went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreparationResult {
    /// The archive is ready and has this many bytes.
    Ready {
        /// Size of the archive in bytes.
        object_bytes: u64,
    },
    /// It failed, with the preparer's code.
    Failed {
        /// Why.
        code: Text,
    },
}

/// A 64-bit name of an entity tag, which is only ever compared to others of its download; absent is one more (rule 37).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Etag(pub(super) [u8; 8]);

impl Etag {
    fn of(text: Option<&str>) -> Self {
        // No text hashes to zeros but with a chance of 1 in 2^64.
        Self(text.map_or(0, |text| xxh3_64(text.as_bytes())).to_le_bytes())
    }
}

/// One HTTP response, as far as the fold needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// When the response ended (rule 104).
    pub order: Order,
    /// The medium it named.
    pub media_id: Option<MediaId>,
    /// The object's version.
    pub etag: Etag,
    /// Response status.
    pub status: u16,
    /// The range served.
    pub range: Option<Range>,
    /// Size of the whole object in bytes.
    pub object_bytes: u64,
    /// Body bytes sent.
    pub body_bytes: u64,
    /// Why it ended.
    pub end_reason: EndReason,
    /// Time to first byte in microseconds.
    pub ttfb_us: u64,
    /// Duration in microseconds.
    pub duration_us: u64,
    /// Whether the cache served it.
    pub cache_hit: bool,
    /// Point of presence.
    pub pop: Text,
    /// Country of the connection.
    pub country: Option<Text>,
    /// The verdict when its request excuses nothing.
    pub(super) strict: Option<FilterReason>,
    /// The verdict when its request is identified or goes to a cloud drive (rule 19).
    pub(super) lenient: Option<FilterReason>,
}

impl Request {
    /// Reads a request and judges its actor (rule 18).
    #[must_use]
    pub fn new(order: Order, actor: &Actor, class: ActorClass, asked: DownloadRequested) -> Self {
        let excuse = Excuse::of(actor, asked.destination);
        Self {
            order,
            identity: Identity::of(actor),
            client_id: actor.client_id.clone(),
            identified_by: actor.identified_by,
            country: actor.country.clone(),
            filter_reason: judge_actor(actor, class, excuse),
            excuse,
            media_set: media_set(asked.items.iter().map(|item| item.media_id)),
            asked,
        }
    }
}

/// The hash of a set of media (rule 54).
#[must_use]
pub fn media_set(media: impl Iterator<Item = MediaId>) -> u128 {
    // Most downloads have one medium: it needs no allocation.
    let mut media: SmallVec<[u64; 4]> = media.map(|id| id.0).collect();
    media.sort_unstable();
    let bytes: SmallVec<[u8; 32]> = media.into_iter().flat_map(u64::to_le_bytes).collect();
    xxh3_128(&bytes)
}

impl Segment {
    /// Reads a response and judges it both ways, since its request may come later (rule 19).
    #[must_use]
    pub fn new(order: Order, actor: &Actor, class: ActorClass, pop: &str, fact: &TransferSegment) -> Self {
        let own = judge_transfer(fact);
        let judge = |identified| own.or_else(|| judge_actor(actor, class, Excuse { identified, cloud_drive: false }));
        Self {
            order,
            media_id: fact.media_id,
            etag: Etag::of(fact.etag.as_deref()),
            status: fact.status,
            range: fact.range,
            object_bytes: fact.object_bytes,
            body_bytes: fact.body_bytes,
            end_reason: fact.end_reason,
            ttfb_us: fact.ttfb_us,
            duration_us: fact.duration_us,
            cache_hit: matches!(fact.cache, CacheStatus::Hit | CacheStatus::Stale),
            pop: pop.into(),
            country: actor.country.clone(),
            strict: judge(false),
            lenient: judge(true),
        }
    }

    /// Why this response is not counted, given the request of its action (rules 18, 19 and 24).
    #[must_use]
    pub fn filter_reason(&self, request: Option<&Request>) -> Option<FilterReason> {
        let Some(request) = request else { return self.strict };
        let excused = request.excuse.identified || request.excuse.cloud_drive;
        let own = if excused { self.lenient } else { self.strict };
        own.or(request.filter_reason)
    }

    /// The bytes this response proves delivered, as `start..end`, if any (rules 34 and 35).
    #[must_use]
    pub fn interval(&self) -> Option<(u64, u64)> {
        let (start, end) = match (self.status, self.range) {
            (200 | 206, Some(range)) => (range.start, range.end + 1),
            (200, None) => (0, self.object_bytes),
            _ => return None,
        };
        Some((start, end.min(start.saturating_add(self.body_bytes))))
    }

    /// Whether the response continued an earlier one (rule 43).
    #[must_use]
    pub fn is_resume(&self) -> bool {
        self.status == 206 && self.range.is_some_and(|range| range.start > 0)
    }

    /// Whether the response failed (rule 47).
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.status >= 400
            || matches!(self.end_reason, EndReason::OriginError | EndReason::EdgeError | EndReason::Denied)
    }
}

impl Evidence {
    /// Takes a request; the earliest wins whole (rule 32). The one that does not, if there are two, is handed back.
    pub fn add_request(&mut self, request: Request) -> Option<Box<Request>> {
        let request = Box::new(request);
        if self.request.as_ref().is_none_or(|known| request.order < known.order) {
            self.request.replace(request)
        } else {
            Some(request)
        }
    }

    /// Takes a preparation, at its place in the order.
    pub fn add_preparation(&mut self, preparation: Preparation) {
        let place = self.preparations.partition_point(|known| known.order < preparation.order);
        grow_a_little(&mut self.preparations);
        self.preparations.insert(place, preparation);
    }

    /// Takes a response, at its place in the order.
    pub fn add_segment(&mut self, segment: Segment) {
        let place = self.segments.partition_point(|known| known.order < segment.order);
        grow_a_little(&mut self.segments);
        self.segments.insert(place, segment);
    }

    /// The latest of requested_at and the times of preparations and unfiltered segments (rule 46).
    #[must_use]
    pub fn last_activity_at(&self, requested_at: Micros) -> Micros {
        let prepared = self.preparations.last().map(|preparation| preparation.order.at);
        let request = self.request.as_deref();
        let unfiltered = self.segments.iter().rev().find(|segment| segment.filter_reason(request).is_none());
        [prepared, unfiltered.map(|segment| segment.order.at)].into_iter().flatten().fold(requested_at, Micros::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_54_a_set_of_media_is_one_whatever_its_order() {
        let set = |ids: &[u64]| media_set(ids.iter().map(|id| MediaId(*id)));
        assert_eq!(set(&[1, 2]), set(&[2, 1]));
        assert_ne!(set(&[1, 2]), set(&[1, 3]));
    }
}
