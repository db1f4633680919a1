//! How the story is told: events one after another, by one edge.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use super::people::Person;

const BOOT_ID: &str = "3f2c1a5e-8f0b-4c0d-9a37-5b1f6f6d2a10";

/// The events told so far.
pub(super) struct Script {
    account: u64,
    /// The collection that the next events are about.
    pub(super) collection: u64,
    /// Where the next events are observed.
    pub(super) pop: &'static str,
    events: Vec<Value>,
}

/// A time of the story as JSON has it: `29T10:00:02` is in March 2025; a full RFC 3339 time stays what it is.
#[must_use]
pub fn time(text: &str) -> String {
    instant(text).to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The id of the download clicked at this time; `number` tells downloads of one time apart.
#[must_use]
pub fn download_id(text: &str, number: u8) -> String {
    id(text, u64::from(number)).to_string()
}

fn instant(text: &str) -> DateTime<Utc> {
    let full = if text.len() > 16 { text.to_owned() } else { format!("2025-03-{text}Z") };
    full.parse().unwrap_or_else(|error| panic!("{full}: {error}"))
}

fn id(text: &str, number: u64) -> Uuid {
    let millis = u64::try_from(instant(text).timestamp_millis()).unwrap_or_default();
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

impl Script {
    pub(super) fn new(account: u64) -> Self {
        Self { account, collection: super::WEDDING, pop: "FRA", events: Vec::new() }
    }

    pub(super) fn into_events(self) -> Vec<Value> {
        self.events
    }

    /// What somebody did at a time.
    pub(super) fn tell(&mut self, when: &str, event_type: &str, who: &Person, own: Value) {
        let seq = self.events.len() as u64;
        let mut event = json!({
            "type": event_type,
            "event_id": id(when, seq + 1).to_string(),
            "occurred_at": time(when),
            "edge": {"pop": self.pop, "node": "edge-1", "boot_id": BOOT_ID, "seq": seq},
            "account_id": self.account,
            "collection_id": self.collection,
            "actor": who.actor(),
        });
        if let (Value::Object(event), Value::Object(own)) = (&mut event, own) {
            event.extend(own);
        }
        self.events.push(event);
    }
}
