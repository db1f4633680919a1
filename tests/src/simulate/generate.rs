//! A log: events, repeated, shuffled, some in the wrong partition, some no events at all.

use std::sync::OnceLock;

use loupe_projector::log::{Record, partition_of};
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::event::{Event, Fact, Role};
use loupe_schemas::ids::{ClientId, CollectionId, DownloadId, EventId};
use loupe_schemas::topics::{self, Topic};
use loupe_schemas::{Micros, examples, json};
use uuid::Uuid;

use super::choices::Choices;

/// How many partitions the events topic has; the catalogue has one.
pub(super) const EVENT_PARTITIONS: i32 = 3;
/// 2025-12-31T23:59:50Z: events a few seconds apart fall on two days of two years, which are two partitions of a table.
const BASE: i64 = 1_767_225_590_000_000;

/// What producers sent, and what of it is an event.
pub(super) struct Input {
    /// Records in the order in which they are appended, each without its offset.
    pub(super) records: Vec<Record>,
    /// The distinct events, with their payloads.
    pub(super) events: Vec<(Event, Vec<u8>)>,
}

fn templates() -> &'static [Event] {
    static TEMPLATES: OnceLock<Vec<Event>> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let parsed = examples::ALL.iter().map(|example| {
            let value = serde_json::from_str(example.json).expect("an example is JSON");
            json::parse(&value, &|address| address.to_string().into_bytes()).expect("an example is an event")
        });
        // Deletions travel as tombstones, without the payload that tells one event from another.
        let has_payload = |event: &Event| !event.fact.event_type().is_deletion();
        parsed.filter(|event| has_payload(event) && !matches!(event.fact, Fact::ClientErased(_))).collect()
    })
}

fn encoder() -> &'static Encoder {
    static ENCODER: OnceLock<Encoder> = OnceLock::new();
    ENCODER.get_or_init(|| Encoder::new(Framing::SingleObject))
}

/// A log of the run's choosing.
pub(super) fn generate(choices: &mut Choices) -> Input {
    let count = 1 + choices.below(40);
    let mut events = Vec::with_capacity(count);
    for number in 0..count {
        let event = event(number, choices);
        let mut payload = Vec::new();
        encoder().encode(&event, &mut payload).expect("an event has a record");
        events.push((event, payload));
    }
    let repeats = choices.below(1 + count / 3);
    let mut order: Vec<usize> = (0..count).collect();
    for _ in 0..repeats {
        order.push(choices.below(count));
    }
    // Zero leaves an entry where it is.
    for last in (1..order.len()).rev() {
        let back = choices.below(last + 1);
        order.swap(last, last - back);
    }
    let mut records = Vec::with_capacity(order.len());
    for index in order {
        let (event, payload) = &events[index];
        if choices.happens(12) {
            records.push(garbage(choices));
        }
        records.push(record(event, payload, choices));
    }
    Input { records, events }
}

/// An event of some template, moved in time and to one of a few collections, joined to one of a few downloads.
fn event(number: usize, choices: &mut Choices) -> Event {
    let mut event = templates()[choices.below(templates().len())].clone();
    let (seconds, collection, download, actor) =
        (choices.below(8), choices.below(3), choices.below(4), choices.below(5));
    event.head.event_id = EventId(Uuid::from_u128(number as u128 + 1));
    event.head.occurred_at = Micros(BASE + i64::try_from(seconds).expect("few") * 5_000_000);
    event.head.collection_id = event.head.collection_id.map(|_| CollectionId(collection as u64 + 1));
    if let Some(edge) = &mut event.head.edge {
        edge.seq = i64::try_from(number).expect("few");
    }
    if let Some(who) = &mut event.head.actor {
        who.client_id = (actor < 2).then(|| ClientId::new(format!("cl_{actor}"))).flatten();
        who.role = if actor == 3 { Role::Owner } else { Role::Client };
        who.ip_key = vec![u8::try_from(actor).expect("few")];
        who.user_agent = if actor == 4 { "Googlebot/2.1" } else { "Mozilla/5.0 (iPhone) Safari/604.1" }.to_owned();
    }
    // A download belongs to one collection, and its id tells when it was asked for.
    let millis = u128::try_from(BASE / 1_000).expect("after 1970") + download as u128 * 9_000;
    let id = DownloadId(Uuid::from_u128(millis << 80 | 7 << 76 | 2 << 62 | (download * 3 + collection) as u128));
    match &mut event.fact {
        Fact::DownloadRequested(request) => request.download_id = id,
        Fact::DownloadPrepared(prepared) => prepared.download_id = id,
        Fact::DownloadPrepareFailed(failed) => failed.download_id = id,
        Fact::TransferSegment(segment) => segment.download_id = segment.download_id.map(|_| id),
        _ => {}
    }
    event
}

fn record(event: &Event, payload: &[u8], choices: &mut Choices) -> Record {
    let (topic, key) = topics::route(event).expect("every event has a topic");
    let right = if topic == &topics::EVENTS { partition_of(key.as_bytes(), EVENT_PARTITIONS) } else { 0 };
    let is_misrouted = topic == &topics::EVENTS && choices.happens(10);
    let partition = if is_misrouted { (right + 1) % EVENT_PARTITIONS } else { right };
    bare(topic, partition, key.into_bytes(), payload.to_vec())
}

fn garbage(choices: &mut Choices) -> Record {
    let partition = i32::try_from(choices.below(EVENT_PARTITIONS as usize)).expect("few");
    bare(&topics::EVENTS, partition, b"garbage".to_vec(), vec![0xC3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 9])
}

pub(super) fn bare(topic: &'static Topic, partition: i32, key: Vec<u8>, payload: Vec<u8>) -> Record {
    let appended_at = Micros(BASE + 3_600_000_000);
    Record { topic, partition, offset: 0, appended_at, key, payload: Some(payload), headers: Vec::new() }
}
