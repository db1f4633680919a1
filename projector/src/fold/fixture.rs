//! Events for the tests of read models: the examples of the schemas, one after the other, changed where a test says so.

use std::collections::BTreeMap;

use bytes::Bytes;
use loupe_schemas::event::Event;
use loupe_schemas::ids::EventId;
use loupe_schemas::{Micros, examples, json};
use uuid::Uuid;

use super::catalogue;
use super::events::{EventRow, NO_OFFSET};
use super::filter::ActorClass;
use super::rows::Rows;
use super::slice::Slice;
use super::slice_key::SliceKey;

/// 2026-05-02T18:05:00Z, in the day of every example.
pub(crate) const AT: Micros = Micros(1_777_745_100_000_000);

/// An example, at [`AT`] plus so many seconds and with an id of its own, changed by `change`.
pub(crate) fn event(event_type: &str, case: &str, seconds: i64, change: impl FnOnce(&mut Event)) -> Event {
    let example = examples::find(event_type, case).expect("an example");
    let mut event =
        json::parse(example.json, &|address| address.to_string().into_bytes()).expect("an example is an event");
    event.head.occurred_at = Micros(AT.0 + seconds * 1_000_000);
    let id = xxhash_rust::xxh3::xxh3_128(format!("{event_type}/{case}/{seconds}").as_bytes());
    event.head.event_id = EventId(Uuid::from_u128(id));
    change(&mut event);
    event
}

/// An example as it is.
pub(crate) fn example(event_type: &str, case: &str, seconds: i64) -> Event {
    event(event_type, case, seconds, |_| {})
}

/// The rows that these events leave.
pub(crate) fn fold(events: &[Event]) -> Rows {
    let mut rows = Rows::default();
    let mut slices: BTreeMap<SliceKey, Slice> = BTreeMap::new();
    for event in events {
        if catalogue::fold(event, &mut rows) {
            continue;
        }
        rows.events.extend(EventRow::new(event, Bytes::from_static(b"payload"), NO_OFFSET));
        let key = SliceKey::of(event).expect("no catalogue event");
        let class = event.head.actor.as_ref().map_or(ActorClass::NOBODY, ActorClass::of);
        slices.entry(key).or_insert_with(|| Slice::new(key)).fold(event, class, 0, &mut rows);
    }
    slices.values_mut().for_each(|slice| slice.take_rows(&mut rows));
    rows
}
