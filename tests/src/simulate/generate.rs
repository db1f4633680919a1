//! A log: events, repeated, shuffled, some in the wrong partition, some no events at all.

use std::sync::OnceLock;

use loupe_projector::log::Record;
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::examples::{self, Variation};
use loupe_schemas::partition::partition_of;
use loupe_schemas::topics::{self, Topic};
use loupe_schemas::{Event, Micros};

use super::choices::Choices;

/// How many partitions the events topic has; the catalogue has one.
pub(super) const EVENT_PARTITIONS: i32 = 3;

/// What producers sent, and what of it is an event.
pub(super) struct Input {
    /// Records in the order in which they are appended, each without its offset.
    pub(super) records: Vec<Record>,
    /// The distinct events, with their payloads.
    pub(super) events: Vec<(Event, Vec<u8>)>,
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

/// An event of some example, at one of a few moments, of one of a few collections, downloads and people.
fn event(number: usize, choices: &mut Choices) -> Event {
    let example = &examples::events()[choices.below(examples::events().len())];
    let mut few = |options| u8::try_from(choices.below(options)).expect("few");
    let (moment, collection, download, actor) = (few(8), few(3), few(4), few(5));
    let number = u32::try_from(number).expect("few");
    examples::vary(example, Variation { number, moment, collection, download, actor })
}

fn record(event: &Event, payload: &[u8], choices: &mut Choices) -> Record {
    let (topic, key) = topics::route(event).expect("every event has a topic");
    let right = if topic == &topics::EVENTS { partition_of(key.as_bytes(), EVENT_PARTITIONS) } else { 0 };
    let is_misrouted = topic == &topics::EVENTS && choices.happens(10);
    let partition = if is_misrouted { (right + 1) % EVENT_PARTITIONS } else { right };
    bare(topic, partition, key.as_bytes().to_vec(), payload.to_vec())
}

fn garbage(choices: &mut Choices) -> Record {
    let partition = i32::try_from(choices.below(EVENT_PARTITIONS as usize)).expect("few");
    bare(&topics::EVENTS, partition, b"garbage".to_vec(), vec![0xC3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 9])
}

pub(super) fn bare(topic: &'static Topic, partition: i32, key: Vec<u8>, payload: Vec<u8>) -> Record {
    let appended_at = Micros(examples::BASE.0 + 3_600_000_000);
    Record {
        topic,
        partition,
        offset: 0,
        appended_at,
        key: key.into(),
        payload: Some(payload.into()),
        headers: Vec::new(),
    }
}
