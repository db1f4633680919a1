//! The season's events as requests of NDJSON.

use anyhow::Context;
use loupe_local::demo::Generator;
use loupe_schemas::{Event, json};

/// Events that edges send, without end, each once: a season, then another one.
pub(super) fn events(seed: u64) -> impl Iterator<Item = Event> + Send {
    const SEASON: u64 = 1_000_000;
    let seasons = (0..).flat_map(move |number| Generator::new(loupe_service::clock::now(), SEASON, seed + number));
    seasons.filter(|event| !event.fact.event_type().is_catalogue())
}

/// Digits at the end of an id that a pass replaces; the time at its beginning stays.
const MINTED: usize = 8;

/// Bytes with ids of events and downloads in them. Sent again as they are they would be repeats, which nobody folds: each pass
/// has ids of its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Passes {
    bytes: Vec<u8>,
    /// Where the digits lie that tell passes apart.
    digits: Vec<usize>,
}

impl Passes {
    /// Appends what has this event's ids in it as text.
    ///
    /// # Errors
    /// It has not: its passes would be repeats.
    pub(super) fn append(&mut self, bytes: &[u8], event: &Event) -> anyhow::Result<()> {
        let ids = [Some(event.head.event_id.to_string()), event.fact.download_id().map(|id| id.to_string())];
        for id in ids.iter().flatten() {
            let found = bytes.windows(id.len()).position(|window| window == id.as_bytes());
            let at = found.with_context(|| format!("the id {id} is not in what is sent of its event"))?;
            self.digits.push(self.bytes.len() + at + id.len() - MINTED);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The bytes as this pass has them.
    pub(super) fn pass(&mut self, pass: u32) -> &[u8] {
        let minted = format!("{pass:0MINTED$x}");
        for at in &self.digits {
            self.bytes[*at..*at + MINTED].copy_from_slice(minted.as_bytes());
        }
        &self.bytes
    }

    /// The same, to be given away.
    pub(super) fn into_pass(mut self, pass: u32) -> Vec<u8> {
        self.pass(pass);
        self.bytes
    }
}

/// One request's body, and an account and a collection it has an event of.
#[derive(Debug, Clone, Default)]
pub(super) struct Body {
    pub(super) lines: Passes,
    pub(super) events: usize,
    /// A collection of account 1, which the stack's owner may read.
    pub(super) collection: Option<u64>,
}

/// The next events as a body.
pub(super) fn body(events: &mut dyn Iterator<Item = Event>, count: usize) -> anyhow::Result<Body> {
    let mut body = Body::default();
    for event in events.take(count) {
        body.lines.append(format!("{}\n", json::to_value(&event)).as_bytes(), &event)?;
        body.events += 1;
        if event.head.account_id.0 == 1 {
            body.collection = body.collection.or(event.head.collection_id.map(|id| id.0));
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use loupe_schemas::avro::codec::{Encoder, Framing};

    use super::*;
    use crate::edge_load::backlog;

    #[test]
    fn passes_differ_in_every_event() {
        let mut body = body(&mut events(1), 50).unwrap();
        let ids = |lines: &[u8]| -> Vec<String> {
            let events = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            events
                .map(|line| serde_json::from_slice::<serde_json::Value>(line).unwrap()["event_id"].to_string())
                .collect()
        };
        let (one, other) = (ids(body.lines.pass(1)), ids(body.lines.pass(2)));
        assert!(one.len() == 50 && one.iter().all(|id| !other.contains(id)));
    }

    #[test]
    fn passes_differ_in_every_record() {
        let encoder = Encoder::new(Framing::SingleObject);
        for event in events(1).take(50) {
            let (_, payload) = backlog::record(&encoder, &event).unwrap();
            let mut passes = Passes::default();
            passes.append(&payload, &event).unwrap();
            let one = passes.pass(1).to_vec();
            assert!(one != payload && one != passes.pass(2), "{}", event.head.event_id);
        }
    }
}
