//! Downloads at rest, as bytes: half of what they take while they are worked on, of items a fifth.
//!
//! Most of a download's memory is its items, and most of its events come within a minute; after that it lies here, for the
//! event that comes late, until its slice goes from memory.

use loupe_schemas::event::{Destination, DownloadKind, DownloadRequested, EndReason, IdentifiedBy, Range, Rendition};
use loupe_schemas::ids::{ClientId, DownloadId, EventId, LinkId, MediaId};
use loupe_schemas::{Micros, Text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::evidence::{Etag, Evidence, Preparation, PreparationResult, Request, Segment, media_set};
use super::items::{PackedItem, pack, unpack};
use crate::fold::filter::{Excuse, FilterReason};
use crate::fold::identity::Identity;
use crate::fold::{Order, memory};

/// The [`Evidence`] of one download, packed.
#[derive(Debug, Clone)]
pub struct Packed(Box<[u8]>);

impl Packed {
    /// Packs what is known of the download with this id.
    #[must_use]
    pub fn of(id: DownloadId, evidence: &Evidence) -> Self {
        let bytes = postcard::to_stdvec(&PackedEvidence::of(id.requested_at(), evidence))
            .expect("memory takes all that can be packed");
        Self(bytes.into_boxed_slice())
    }

    /// What was packed, of the download with this id.
    #[must_use]
    pub fn evidence(&self, id: DownloadId) -> Evidence {
        let packed: PackedEvidence<'_> = postcard::from_bytes(&self.0).expect("only evidence was packed");
        packed.evidence(id)
    }

    /// About how much memory it takes beside itself, in bytes: allocators have four sizes between a power of two and the next.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.0.len() + self.0.len() / 8 + memory::ALLOCATION
    }
}

#[derive(Serialize, Deserialize)]
struct PackedEvidence<'a> {
    #[serde(borrow)]
    request: Option<PackedRequest<'a>>,
    #[serde(borrow)]
    preparations: Vec<PackedPreparation<'a>>,
    #[serde(borrow)]
    segments: Vec<PackedSegment<'a>>,
}

/// An [`Order`]: how long after the download's id was made, in microseconds, and the event's id.
type PackedOrder = (i64, [u8; 16]);

/// A [`Request`]. Of a closed set of words the place in it is kept, and nothing of what follows from the rest or the download's
/// id.
#[derive(Serialize, Deserialize)]
struct PackedRequest<'a> {
    order: PackedOrder,
    kind: u8,
    items: Vec<PackedItem>,
    rendition: u8,
    format: &'a str,
    object_bytes: Option<u64>,
    pin_used: bool,
    link_id: Option<&'a str>,
    destination: u8,
    paid: bool,
    /// Without a client.
    identity: Option<[u8; 16]>,
    client_id: Option<&'a str>,
    identified_by: u8,
    country: Option<&'a str>,
    filter_reason: Option<u8>,
    is_identified: bool,
    is_cloud_drive: bool,
}

/// A [`Preparation`]: how many bytes, or why not.
#[derive(Serialize, Deserialize)]
struct PackedPreparation<'a> {
    order: PackedOrder,
    #[serde(borrow)]
    result: Result<u64, &'a str>,
}

/// A [`Segment`].
#[derive(Serialize, Deserialize)]
struct PackedSegment<'a> {
    order: PackedOrder,
    media_id: Option<u64>,
    etag: [u8; 8],
    status: u16,
    range: Option<(u64, u64)>,
    object_bytes: u64,
    body_bytes: u64,
    end_reason: u8,
    ttfb_us: u64,
    duration_us: u64,
    cache_hit: bool,
    pop: &'a str,
    country: Option<&'a str>,
    strict: Option<u8>,
    lenient: Option<u8>,
}

const fn packed(order: Order, made_at: Micros) -> PackedOrder {
    (order.at.0.wrapping_sub(made_at.0), order.event_id.0.into_bytes())
}

const fn order((after, event_id): PackedOrder, made_at: Micros) -> Order {
    Order { at: Micros(made_at.0.wrapping_add(after)), event_id: EventId(Uuid::from_bytes(event_id)) }
}

/// The symbol at a place that was packed.
pub(super) fn symbol<T: Copy>(all: &[T], place: u8) -> T {
    all[usize::from(place)]
}

impl<'a> PackedEvidence<'a> {
    fn of(made_at: Micros, evidence: &'a Evidence) -> Self {
        let (preparations, segments) = (evidence.preparations.iter(), evidence.segments.iter());
        Self {
            request: evidence.request.as_deref().map(|request| PackedRequest::of(made_at, request)),
            preparations: preparations.map(|preparation| PackedPreparation::of(made_at, preparation)).collect(),
            segments: segments.map(|segment| PackedSegment::of(made_at, segment)).collect(),
        }
    }

    fn evidence(self, id: DownloadId) -> Evidence {
        let made_at = id.requested_at();
        let (preparations, segments) = (self.preparations.into_iter(), self.segments.into_iter());
        Evidence {
            request: self.request.map(|request| Box::new(request.request(id))),
            preparations: preparations.map(|preparation| preparation.preparation(made_at)).collect(),
            segments: segments.map(|segment| segment.segment(made_at)).collect(),
        }
    }
}

impl<'a> PackedRequest<'a> {
    fn of(made_at: Micros, request: &'a Request) -> Self {
        let asked = &request.asked;
        Self {
            order: packed(request.order, made_at),
            kind: asked.kind as u8,
            items: pack(&asked.items),
            rendition: asked.rendition as u8,
            format: &asked.format,
            object_bytes: asked.object_bytes,
            pin_used: asked.pin_used,
            link_id: asked.link_id.as_ref().map(LinkId::as_str),
            destination: asked.destination as u8,
            paid: asked.paid,
            identity: request.client_id.is_none().then(|| request.identity.0.to_le_bytes()),
            client_id: request.client_id.as_ref().map(ClientId::as_str),
            identified_by: request.identified_by as u8,
            country: request.country.as_deref(),
            filter_reason: request.filter_reason.map(|reason| reason as u8),
            is_identified: request.excuse.identified,
            is_cloud_drive: request.excuse.cloud_drive,
        }
    }

    fn request(self, id: DownloadId) -> Request {
        let items = unpack(self.items);
        let client_id = self.client_id.and_then(ClientId::new);
        let of_client = client_id.as_ref().map(Identity::of_client);
        let without = Identity(self.identity.map_or(0, u128::from_le_bytes));
        Request {
            order: order(self.order, id.requested_at()),
            media_set: media_set(items.iter().map(|item| item.media_id)),
            asked: DownloadRequested {
                download_id: id,
                kind: symbol(DownloadKind::ALL, self.kind),
                items,
                rendition: symbol(Rendition::ALL, self.rendition),
                format: self.format.into(),
                object_bytes: self.object_bytes,
                pin_used: self.pin_used,
                link_id: self.link_id.and_then(LinkId::new),
                destination: symbol(Destination::ALL, self.destination),
                paid: self.paid,
            },
            identity: of_client.unwrap_or(without),
            client_id,
            identified_by: symbol(IdentifiedBy::ALL, self.identified_by),
            country: self.country.map(Text::from),
            filter_reason: self.filter_reason.map(|reason| symbol(FilterReason::ALL, reason)),
            excuse: Excuse { identified: self.is_identified, cloud_drive: self.is_cloud_drive },
        }
    }
}

impl<'a> PackedPreparation<'a> {
    fn of(made_at: Micros, preparation: &'a Preparation) -> Self {
        let result = match &preparation.result {
            PreparationResult::Ready { object_bytes } => Ok(*object_bytes),
            PreparationResult::Failed { code } => Err(code.as_str()),
        };
        Self { order: packed(preparation.order, made_at), result }
    }

    fn preparation(self, made_at: Micros) -> Preparation {
        let result = match self.result {
            Ok(object_bytes) => PreparationResult::Ready { object_bytes },
            Err(code) => PreparationResult::Failed { code: code.into() },
        };
        Preparation { order: order(self.order, made_at), result }
    }
}

impl<'a> PackedSegment<'a> {
    fn of(made_at: Micros, segment: &'a Segment) -> Self {
        Self {
            order: packed(segment.order, made_at),
            media_id: segment.media_id.map(|id| id.0),
            etag: segment.etag.0,
            status: segment.status,
            range: segment.range.map(|range| (range.start, range.end)),
            object_bytes: segment.object_bytes,
            body_bytes: segment.body_bytes,
            end_reason: segment.end_reason as u8,
            ttfb_us: segment.ttfb_us,
            duration_us: segment.duration_us,
            cache_hit: segment.cache_hit,
            pop: &segment.pop,
            country: segment.country.as_deref(),
            strict: segment.strict.map(|reason| reason as u8),
            lenient: segment.lenient.map(|reason| reason as u8),
        }
    }

    fn segment(self, made_at: Micros) -> Segment {
        let verdict = |place: Option<u8>| place.map(|place| symbol(FilterReason::ALL, place));
        Segment {
            order: order(self.order, made_at),
            media_id: self.media_id.map(MediaId),
            etag: Etag(self.etag),
            status: self.status,
            range: self.range.map(|(start, end)| Range { start, end }),
            object_bytes: self.object_bytes,
            body_bytes: self.body_bytes,
            end_reason: symbol(EndReason::ALL, self.end_reason),
            ttfb_us: self.ttfb_us,
            duration_us: self.duration_us,
            cache_hit: self.cache_hit,
            pop: self.pop.into(),
            country: self.country.map(Text::from),
            strict: verdict(self.strict),
            lenient: verdict(self.lenient),
        }
    }
}

#[cfg(test)]
mod tests {
    use loupe_schemas::Fact;
    use loupe_schemas::event::{Actor, MediaKind};
    use loupe_schemas::examples;
    use loupe_schemas::json;

    use super::*;
    use crate::fold::filter::ActorClass;

    /// Every example of a download's events, twice with what may be there and not, becomes part of one piece of evidence.
    fn evidence(id: DownloadId, reason: Option<FilterReason>) -> Evidence {
        let mut evidence = Evidence::default();
        let kinds = ["DownloadRequested", "DownloadPrepared", "DownloadPrepareFailed", "TransferSegment"];
        for example in examples::ALL.iter().filter(|example| kinds.contains(&example.event_type)) {
            let Ok(event) = json::parse(example.json, &|_| vec![1]) else { continue };
            let order = Order::of(&event.head);
            let nobody = Actor::default();
            let actor = event.head.actor.as_ref().unwrap_or(&nobody);
            let class = ActorClass::of(actor);
            match event.fact {
                Fact::DownloadRequested(asked) => {
                    let asked = DownloadRequested { download_id: id, ..asked };
                    let request = Request { filter_reason: reason, ..Request::new(order, actor, class, asked) };
                    drop(evidence.add_request(request));
                }
                Fact::DownloadPrepared(fact) => {
                    let result = PreparationResult::Ready { object_bytes: fact.object_bytes };
                    evidence.add_preparation(Preparation { order, result });
                }
                Fact::DownloadPrepareFailed(fact) => {
                    evidence
                        .add_preparation(Preparation { order, result: PreparationResult::Failed { code: fact.code } });
                }
                Fact::TransferSegment(fact) => {
                    evidence.add_segment(Segment::new(order, actor, class, "FRA", &fact));
                }
                other => panic!("{other:?} is of no download"),
            }
        }
        evidence
    }

    #[test]
    fn what_is_packed_is_what_comes_out() {
        let id = DownloadId(Uuid::from_u128(7));
        for reason in FilterReason::ALL.iter().copied().map(Some).chain([None]) {
            let evidence = evidence(id, reason);
            assert!(evidence.request.is_some() && evidence.preparations.len() > 1 && evidence.segments.len() > 3);
            assert_eq!(Packed::of(id, &evidence).evidence(id), evidence);
        }
        assert_eq!(Packed::of(id, &Evidence::default()).evidence(id), Evidence::default());
    }

    #[test]
    fn who_asked_comes_out_with_and_without_a_client() {
        let id = DownloadId(Uuid::from_u128(7));
        let mut evidence = evidence(id, None);
        for client_id in [None, ClientId::new("cl_1"), ClientId::new("")] {
            let actor = Actor { client_id, ip_key: vec![1], ..Actor::default() };
            let request = evidence.request.as_mut().expect("examples have one");
            (request.identity, request.client_id) = (Identity::of(&actor), actor.client_id);
            assert_eq!(Packed::of(id, &evidence).evidence(id), evidence);
        }
    }

    #[test]
    fn a_word_is_packed_as_its_place_in_its_set() {
        fn holds<T: Copy + PartialEq + std::fmt::Debug>(all: &[T], place: impl Fn(T) -> u8) {
            all.iter().for_each(|word| assert_eq!(symbol(all, place(*word)), *word));
        }
        holds(MediaKind::ALL, |word| word as u8);
        holds(DownloadKind::ALL, |word| word as u8);
        holds(Rendition::ALL, |word| word as u8);
        holds(Destination::ALL, |word| word as u8);
        holds(IdentifiedBy::ALL, |word| word as u8);
        holds(EndReason::ALL, |word| word as u8);
        holds(FilterReason::ALL, |word| word as u8);
    }
}
