//! The season's events as requests of NDJSON.

use loupe_local::demo::Generator;
use loupe_schemas::{Event, json};

/// Events that edges send, without end, each once: a season, then another one.
pub(super) fn events(seed: u64) -> impl Iterator<Item = Event> + Send {
    const SEASON: u64 = 1_000_000;
    let seasons = (0..).flat_map(move |number| Generator::new(loupe_service::clock::now(), SEASON, seed + number));
    seasons.filter(|event| !event.fact.event_type().is_catalogue())
}

/// One request's body, and an account and a collection it has an event of.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) lines: Vec<u8>,
    pub(super) events: usize,
    /// A collection of account 1, which the stack's owner may read.
    pub(super) collection: Option<u64>,
}

/// The next events as a body.
pub(super) fn body(events: &mut dyn Iterator<Item = Event>, count: usize) -> Body {
    let mut body = Body { lines: Vec::new(), events: 0, collection: None };
    for event in events.take(count) {
        body.lines.extend_from_slice(json::to_value(&event).to_string().as_bytes());
        body.lines.push(b'\n');
        body.events += 1;
        if event.head.account_id.0 == 1 {
            body.collection = body.collection.or(event.head.collection_id.map(|id| id.0));
        }
    }
    body
}
