//! Downloads at rest, as bytes: half of what they take while they are worked on, of items a fifth.
//!
//! Most of a download's memory is its items, and most of its events come within a minute; after that it lies here, for the
//! event that comes late, until its slice goes from memory.

use loupe_schemas::event::{
    Destination, DownloadKind, DownloadRequested, EndReason, IdentifiedBy, Item, Range, Rendition,
};
use loupe_schemas::ids::{ClientId, DownloadId, EventId, LinkId, MediaId};
use loupe_schemas::{Micros, Text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::evidence::{Etag, Evidence, Preparation, PreparationResult, Request, Segment, media_set};
use super::items::{Run, pack, unpack};
use crate::fold::filter::{Excuse, FilterReason};
use crate::fold::identity::Identity;
use crate::fold::{Order, memory};

/// The [`Evidence`] of one download, packed.
#[derive(Debug, Clone)]
pub struct Packed(Box<[u8]>);

impl Packed {
    /// Packs what is known of the download with this id. Whoever asked and has a `number` in the slice is told by it.
    #[must_use]
    pub fn of(id: DownloadId, evidence: &Evidence, number: impl FnOnce(Identity) -> Option<u32>) -> Self {
        let bytes = postcard::to_stdvec(&PackedEvidence::of(id.requested_at(), evidence, number))
            .expect("memory takes all that can be packed");
        Self(bytes.into_boxed_slice())
    }

    /// What was packed, of the download with this id. `numbered` says who has a number.
    #[must_use]
    pub fn evidence(&self, id: DownloadId, numbered: impl FnOnce(u32) -> (Identity, Option<ClientId>)) -> Evidence {
        let packed: PackedEvidence<'_> = postcard::from_bytes(&self.0).expect("only evidence was packed");
        packed.evidence(id, numbered)
    }

    /// How many media were asked for.
    #[must_use]
    pub fn media(&self) -> usize {
        // The first of what was packed: what came of the request is passed over.
        let (request, _) =
            postcard::take_from_bytes::<Option<PackedRequest<'_>>>(&self.0).expect("only evidence was packed");
        request.map_or(0, |request| request.items.iter().map(Run::len).sum())
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

/// So many bytes of a UUIDv7 follow its time.
const REST_BYTES: usize = 10;
const REST_BITS: u32 = REST_BYTES as u32 * u8::BITS;

/// An [`Order`]: how long after the download's id was made, in microseconds, and the event's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct PackedOrder {
    after: i64,
    /// How many milliseconds after the event its id was made, if it is one that says so (UUIDv7).
    id_after: i64,
    /// The rest of its id.
    id_rest: [u8; REST_BYTES],
}

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum PackedWho<'a> {
    /// Who has this number in the slice.
    Numbered(u32),
    /// A client, whose identity follows from their id.
    Client(&'a str),
    /// Somebody else.
    Other([u8; 16]),
}

/// A [`Request`]. Of a closed set of words the place in it is kept, and nothing of what follows from the rest or the download's
/// id.
#[derive(Serialize, Deserialize)]
struct PackedRequest<'a> {
    order: PackedOrder,
    kind: u8,
    items: Vec<Run>,
    rendition: u8,
    format: &'a str,
    /// From the bytes of the items.
    object_bytes: Option<i64>,
    pin_used: bool,
    link_id: Option<&'a str>,
    destination: u8,
    paid: bool,
    #[serde(borrow)]
    who: PackedWho<'a>,
    identified_by: u8,
    country: Option<&'a str>,
    filter_reason: Option<u8>,
}

/// A [`Preparation`]: how many bytes, or why not.
#[derive(Serialize, Deserialize)]
struct PackedPreparation<'a> {
    order: PackedOrder,
    #[serde(borrow)]
    result: Result<u64, &'a str>,
}

/// What a response mostly repeats of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Asked<'a> {
    media_id: Option<MediaId>,
    object_bytes: u64,
    country: Option<&'a str>,
}

/// A value that is mostly what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Told<T> {
    AsAsked,
    Otherwise(T),
}

/// A [`Segment`].
#[derive(Serialize, Deserialize)]
struct PackedSegment<'a> {
    order: PackedOrder,
    media_id: Told<Option<u64>>,
    etag: [u8; 8],
    status: u16,
    /// Its start, and how far from the object's end its end is.
    range: Option<(u64, i64)>,
    /// From those that were asked for.
    object_bytes: i64,
    /// From what the range has, or the object.
    body_bytes: i64,
    end_reason: u8,
    ttfb_us: u64,
    duration_us: u64,
    cache_hit: bool,
    pop: &'a str,
    #[serde(borrow)]
    country: Told<Option<&'a str>>,
    strict: Option<u8>,
    lenient: Option<u8>,
}

impl PackedOrder {
    fn of(order: Order, made_at: Micros) -> Self {
        let id = order.event_id.0.as_u128();
        let bytes = id.to_le_bytes();
        Self {
            after: order.at.0.wrapping_sub(made_at.0),
            id_after: (id >> REST_BITS) as i64 - millis(order.at),
            id_rest: std::array::from_fn(|place| bytes[place]),
        }
    }

    fn order(self, made_at: Micros) -> Order {
        let at = Micros(made_at.0.wrapping_add(self.after));
        let mut rest = [0; size_of::<u128>()];
        rest[..REST_BYTES].copy_from_slice(&self.id_rest);
        let id = ((self.id_after + millis(at)) as u128) << REST_BITS | u128::from_le_bytes(rest);
        Order { at, event_id: EventId(Uuid::from_u128(id)) }
    }
}

const fn millis(time: Micros) -> i64 {
    time.0.div_euclid(1_000)
}

/// How far it is from one number to another; it wraps around, so that there is such a number for any two.
pub(super) const fn difference(to: u64, from: u64) -> i64 {
    to.wrapping_sub(from).cast_signed()
}

impl<T: PartialEq> Told<T> {
    fn of(value: T, asked: T) -> Self {
        if value == asked { Self::AsAsked } else { Self::Otherwise(value) }
    }

    fn value(self, asked: T) -> T {
        match self {
            Self::AsAsked => asked,
            Self::Otherwise(value) => value,
        }
    }
}

impl<'a> Asked<'a> {
    fn by(request: Option<&'a Request>) -> Self {
        let Some(request) = request else { return Self::default() };
        let items = &request.asked.items;
        Self {
            media_id: if let [item] = items.as_slice() { Some(item.media_id) } else { None },
            object_bytes: request.asked.object_bytes.unwrap_or_else(|| bytes_of(items)),
            country: request.country.as_deref(),
        }
    }
}

/// The bytes of all items, or another number where that is too large.
fn bytes_of(items: &[Item]) -> u64 {
    items.iter().fold(0, |sum, item| sum.wrapping_add(item.bytes))
}

/// The bytes of a response that was sent whole.
const fn whole(range: Option<Range>, object_bytes: u64) -> u64 {
    match range {
        Some(Range { start, end }) => end.wrapping_sub(start).wrapping_add(1),
        None => object_bytes,
    }
}

/// The symbol at a place that was packed.
pub(super) fn symbol<T: Copy>(all: &[T], place: u8) -> T {
    all[usize::from(place)]
}

impl<'a> PackedEvidence<'a> {
    fn of(made_at: Micros, evidence: &'a Evidence, number: impl FnOnce(Identity) -> Option<u32>) -> Self {
        let (preparations, segments) = (evidence.preparations.iter(), evidence.segments.iter());
        let request = evidence.request.as_deref();
        let asked = Asked::by(request);
        Self {
            request: request.map(|request| PackedRequest::of(made_at, request, number)),
            preparations: preparations.map(|preparation| PackedPreparation::of(made_at, preparation)).collect(),
            segments: segments.map(|segment| PackedSegment::of(made_at, segment, asked)).collect(),
        }
    }

    fn evidence(self, id: DownloadId, numbered: impl FnOnce(u32) -> (Identity, Option<ClientId>)) -> Evidence {
        let made_at = id.requested_at();
        let (preparations, segments) = (self.preparations.into_iter(), self.segments.into_iter());
        let request = self.request.map(|request| Box::new(request.request(id, numbered)));
        let asked = Asked::by(request.as_deref());
        Evidence {
            preparations: preparations.map(|preparation| preparation.preparation(made_at)).collect(),
            segments: segments.map(|segment| segment.segment(made_at, asked)).collect(),
            request,
        }
    }
}

impl<'a> PackedWho<'a> {
    fn of(request: &'a Request, number: impl FnOnce(Identity) -> Option<u32>) -> Self {
        match (number(request.identity), &request.client_id) {
            (Some(number), _) => Self::Numbered(number),
            (None, Some(client_id)) => Self::Client(client_id.as_str()),
            (None, None) => Self::Other(request.identity.0.to_le_bytes()),
        }
    }

    fn who(self, numbered: impl FnOnce(u32) -> (Identity, Option<ClientId>)) -> (Identity, Option<ClientId>) {
        match self {
            Self::Numbered(number) => numbered(number),
            Self::Client(text) => {
                let client_id = ClientId::new(text).expect("only ids were packed");
                (Identity::of_client(&client_id), Some(client_id))
            }
            Self::Other(identity) => (Identity(u128::from_le_bytes(identity)), None),
        }
    }
}

impl<'a> PackedRequest<'a> {
    fn of(made_at: Micros, request: &'a Request, number: impl FnOnce(Identity) -> Option<u32>) -> Self {
        let asked = &request.asked;
        Self {
            order: PackedOrder::of(request.order, made_at),
            kind: asked.kind as u8,
            items: pack(&asked.items),
            rendition: asked.rendition as u8,
            format: &asked.format,
            object_bytes: asked.object_bytes.map(|bytes| difference(bytes, bytes_of(&asked.items))),
            pin_used: asked.pin_used,
            link_id: asked.link_id.as_ref().map(LinkId::as_str),
            destination: asked.destination as u8,
            paid: asked.paid,
            who: PackedWho::of(request, number),
            identified_by: request.identified_by as u8,
            country: request.country.as_deref(),
            filter_reason: request.filter_reason.map(|reason| reason as u8),
        }
    }

    fn request(self, id: DownloadId, numbered: impl FnOnce(u32) -> (Identity, Option<ClientId>)) -> Request {
        let items = unpack(self.items);
        let (identity, client_id) = self.who.who(numbered);
        let identified_by = symbol(IdentifiedBy::ALL, self.identified_by);
        let destination = symbol(Destination::ALL, self.destination);
        let bytes = bytes_of(&items);
        Request {
            order: self.order.order(id.requested_at()),
            media_set: media_set(items.iter().map(|item| item.media_id)),
            asked: DownloadRequested {
                download_id: id,
                kind: symbol(DownloadKind::ALL, self.kind),
                items,
                rendition: symbol(Rendition::ALL, self.rendition),
                format: self.format.into(),
                object_bytes: self.object_bytes.map(|from| bytes.wrapping_add_signed(from)),
                pin_used: self.pin_used,
                link_id: self.link_id.and_then(LinkId::new),
                destination,
                paid: self.paid,
            },
            excuse: Excuse::by(client_id.is_some(), identified_by, destination),
            identity,
            client_id,
            identified_by,
            country: self.country.map(Text::from),
            filter_reason: self.filter_reason.map(|reason| symbol(FilterReason::ALL, reason)),
        }
    }
}

impl<'a> PackedPreparation<'a> {
    fn of(made_at: Micros, preparation: &'a Preparation) -> Self {
        let result = match &preparation.result {
            PreparationResult::Ready { object_bytes } => Ok(*object_bytes),
            PreparationResult::Failed { code } => Err(code.as_str()),
        };
        Self { order: PackedOrder::of(preparation.order, made_at), result }
    }

    fn preparation(self, made_at: Micros) -> Preparation {
        let result = match self.result {
            Ok(object_bytes) => PreparationResult::Ready { object_bytes },
            Err(code) => PreparationResult::Failed { code: code.into() },
        };
        Preparation { order: self.order.order(made_at), result }
    }
}

impl<'a> PackedSegment<'a> {
    fn of(made_at: Micros, segment: &'a Segment, asked: Asked<'a>) -> Self {
        let &Segment { range, object_bytes, body_bytes, .. } = segment;
        Self {
            order: PackedOrder::of(segment.order, made_at),
            media_id: Told::of(segment.media_id.map(|id| id.0), asked.media_id.map(|id| id.0)),
            etag: segment.etag.0,
            status: segment.status,
            range: range.map(|range| (range.start, difference(range.end, object_bytes))),
            object_bytes: difference(object_bytes, asked.object_bytes),
            body_bytes: difference(body_bytes, whole(range, object_bytes)),
            end_reason: segment.end_reason as u8,
            ttfb_us: segment.ttfb_us,
            duration_us: segment.duration_us,
            cache_hit: segment.cache_hit,
            pop: &segment.pop,
            country: Told::of(segment.country.as_deref(), asked.country),
            strict: segment.strict.map(|reason| reason as u8),
            lenient: segment.lenient.map(|reason| reason as u8),
        }
    }

    fn segment(self, made_at: Micros, asked: Asked<'_>) -> Segment {
        let object_bytes = asked.object_bytes.wrapping_add_signed(self.object_bytes);
        let range = self.range.map(|(start, end)| Range { start, end: object_bytes.wrapping_add_signed(end) });
        let verdict = |place: Option<u8>| place.map(|place| symbol(FilterReason::ALL, place));
        Segment {
            order: self.order.order(made_at),
            media_id: self.media_id.value(asked.media_id.map(|id| id.0)).map(MediaId),
            etag: Etag(self.etag),
            status: self.status,
            range,
            object_bytes,
            body_bytes: whole(range, object_bytes).wrapping_add_signed(self.body_bytes),
            end_reason: symbol(EndReason::ALL, self.end_reason),
            ttfb_us: self.ttfb_us,
            duration_us: self.duration_us,
            cache_hit: self.cache_hit,
            pop: self.pop.into(),
            country: self.country.value(asked.country).map(Text::from),
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
    use proptest::prelude::*;

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
            assert_eq!(unnumbered(id, &evidence), evidence);
            let media = evidence.request.as_deref().map(|request| request.asked.items.len());
            assert_eq!(Some(Packed::of(id, &evidence, |_| None).media()), media);
        }
        assert_eq!(unnumbered(id, &Evidence::default()), Evidence::default());
    }

    /// What comes out of what is packed of somebody who has no number.
    fn unnumbered(id: DownloadId, evidence: &Evidence) -> Evidence {
        Packed::of(id, evidence, |_| None).evidence(id, |number| panic!("nobody has the number {number}"))
    }

    #[test]
    fn who_asked_comes_out_with_and_without_a_client_and_a_number() {
        let id = DownloadId(Uuid::from_u128(7));
        let mut evidence = evidence(id, None);
        for client_id in [None, ClientId::new("cl_1"), ClientId::new("")] {
            let actor = Actor { client_id, ip_key: vec![1], ..Actor::default() };
            let request = evidence.request.as_mut().expect("examples have one");
            request.excuse = Excuse::of(&actor, request.asked.destination);
            let who = (Identity::of(&actor), actor.client_id);
            (request.identity, request.client_id) = who.clone();
            assert_eq!(unnumbered(id, &evidence), evidence);
            let packed = Packed::of(id, &evidence, |identity| (identity == who.0).then_some(70_000));
            assert!(packed.bytes() < Packed::of(id, &evidence, |_| None).bytes());
            let numbered = |number| if number == 70_000 { who } else { panic!("nobody has the number {number}") };
            assert_eq!(packed.evidence(id, numbered), evidence);
        }
    }

    /// Numbers whose differences wrap around and do not.
    fn any_number() -> impl Strategy<Value = u64> {
        prop_oneof![0..3_u64, 1_000_000..1_000_003_u64, u64::MAX - 2..=u64::MAX, any::<u64>()]
    }

    proptest! {
        #[test]
        fn every_event_has_its_place_again(at in any_number(), made_at in any_number(), id in any::<u128>()) {
            let order = Order { at: Micros(at.cast_signed()), event_id: EventId(Uuid::from_u128(id)) };
            let made_at = Micros(made_at.cast_signed());
            prop_assert_eq!(PackedOrder::of(order, made_at).order(made_at), order);
        }

        #[test]
        fn a_response_comes_out_whatever_was_asked_for(
            numbers in prop::collection::vec(any_number(), 8),
            (has_medium, has_range, asks_medium) in any::<(bool, bool, bool)>(),
            countries in prop::collection::vec(prop::sample::select(&[None, Some("DE"), Some("FR")][..]), 2),
        ) {
            let mut evidence = evidence(DownloadId(Uuid::from_u128(7)), None);
            let segment = Segment {
                media_id: has_medium.then_some(MediaId(numbers[0])),
                range: has_range.then_some(Range { start: numbers[1], end: numbers[2] }),
                object_bytes: numbers[3],
                body_bytes: numbers[4],
                country: countries[0].map(Text::from),
                ..evidence.segments.remove(0)
            };
            let media_id = asks_medium.then_some(MediaId(numbers[5]));
            let asked = Asked { media_id, object_bytes: numbers[6], country: countries[1] };
            let made_at = Micros(numbers[7].cast_signed());
            prop_assert_eq!(PackedSegment::of(made_at, &segment, asked).segment(made_at, asked), segment);
        }
    }

    #[test]
    fn a_photo_that_was_downloaded_whole_takes_a_hundred_bytes() {
        let id = DownloadId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        let mut evidence = evidence(id, None);
        let request = evidence.request.as_mut().expect("examples have one");
        let at = |after: i64, low: u128| Order {
            at: Micros(id.requested_at().0 + after),
            event_id: EventId(Uuid::from_u128(id.0.as_u128() + low + (((after / 1_000) as u128) << REST_BITS))),
        };
        (request.order, request.asked.link_id, request.asked.format) = (at(300, 1), None, "jpeg".into());
        request.asked.items.truncate(1);
        request.asked.items[0] = Item {
            media_id: MediaId(731_100_245),
            kind: MediaKind::Photo,
            bytes: 9_000_000,
            zip_offset: None,
            zip_length: None,
        };
        request.asked.object_bytes = Some(9_000_000);
        let response = Segment {
            order: at(900_300, 2),
            media_id: Some(MediaId(731_100_245)),
            range: None,
            object_bytes: 9_000_000,
            body_bytes: 9_000_000,
            country: request.country.clone(),
            ttfb_us: 40_000,
            duration_us: 900_000,
            ..evidence.segments[0].clone()
        };
        (evidence.preparations, evidence.segments) = (Vec::new(), vec![response]);
        let packed = Packed::of(id, &evidence, |_| Some(3_000));
        assert_eq!(packed.evidence(id, |_| (Identity(0), None)).segments, evidence.segments);
        assert!(packed.0.len() <= 100, "{}", packed.0.len());
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
