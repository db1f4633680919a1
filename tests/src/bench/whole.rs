//! The event as one record with everything that the read models need: the 26 fields, and what they have no room for.

use loupe_schemas::event::{DownloadRequested, Event, Fact, FavoriteList, Permissions};
use loupe_schemas::time::Micros;
use serde::Serialize;
use serde_json::{Value, json};

use super::flat::{self, Flat, long};

/// The record's field that holds the flat event, a record of its own.
pub(super) const FLAT: &str = "event";

/// Every other field, in the order of [`Whole`]: its name, its type on the wire, and the column it is stored in.
const FIELDS: [(&str, &str, &str); 14] = [
    ("role", "string", "LowCardinality(String)"),
    ("identified_by", "string", "LowCardinality(String)"),
    ("referrer_host", "string", "LowCardinality(String)"),
    ("media_ids", LONGS, "Array(UInt64)"),
    ("media_kinds", TEXTS, "Array(LowCardinality(String))"),
    ("media_bytes", LONGS, "Array(UInt64)"),
    ("format", "string", "LowCardinality(String)"),
    ("destination", "string", "LowCardinality(String)"),
    ("pin_used", "boolean", "Bool"),
    ("paid", "boolean", "Bool"),
    ("cache", "string", "LowCardinality(String)"),
    ("ttfb_us", "long", "Int64"),
    ("list_id", "string", "String"),
    ("details", "string", "String"),
];
const LONGS: &str = r#"{"type":"array","items":"long"}"#;
const TEXTS: &str = r#"{"type":"array","items":"string"}"#;

/// A whole event; what it does not have is empty or 0. Each field takes the engine half a microsecond of every record: so what
/// few events have is JSON in one field, `details`, and a favourite's kind and why something failed or was denied are in fields
/// that such events leave free.
#[derive(Debug, Default, Serialize)]
pub(super) struct Whole<'a> {
    event: Flat<'a>,
    role: &'static str,
    identified_by: &'static str,
    referrer_host: &'a str,
    media_ids: Vec<i64>,
    media_kinds: Vec<&'static str>,
    media_bytes: Vec<i64>,
    format: &'a str,
    destination: &'static str,
    pin_used: bool,
    paid: bool,
    cache: &'static str,
    ttfb_us: i64,
    list_id: &'a str,
    details: String,
}

impl<'a> Whole<'a> {
    /// Everything of an event that a read model is made of.
    pub(super) fn of(event: &'a Event) -> Self {
        let mut whole = Self { event: Flat::of(event), ..Self::default() };
        if let Some(actor) = &event.head.actor {
            (whole.role, whole.identified_by) = (actor.role.as_str(), actor.identified_by.as_str());
            whole.referrer_host = actor.referrer_host.as_deref().unwrap_or_default();
        }
        whole.take_fact(&event.fact);
        whole
    }

    fn take_fact(&mut self, fact: &'a Fact) {
        match fact {
            Fact::DownloadRequested(asked) => self.take_request(asked),
            Fact::DownloadPrepareFailed(failed) => self.tell(&json!({"code": failed.code.as_str()})),
            Fact::TransferSegment(segment) => {
                (self.cache, self.ttfb_us) = (segment.cache.as_str(), long(segment.ttfb_us));
            }
            Fact::FavoriteListCreated(list) | Fact::FavoriteListUpdated(list) => self.take_list(list),
            Fact::FavoriteListSubmitted(list) | Fact::FavoriteListReopened(list) => self.list_id = list.as_str(),
            Fact::FavoriteAdded(added) => {
                (self.list_id, self.event.kind) = (added.list_id.as_str(), added.media_kind.as_str());
                self.take_note(added.note.as_deref());
            }
            Fact::FavoriteRemoved(removed) => self.list_id = removed.list_id.as_str(),
            Fact::FavoriteNoted(noted) => {
                (self.list_id, self.event.media_id) = (noted.list_id.as_str(), long(noted.media_id.0));
                self.take_note(noted.note.as_deref());
            }
            Fact::PhotoStarred(media) | Fact::PhotoUnstarred(media) => self.event.media_id = long(media.0),
            Fact::LinkCreated(link) => {
                (self.event.link_id, self.event.media_id) = (link.link_id.as_str(), long(link.media_id.0));
                self.take_terms(Some(&link.url), link.expires_at, &link.permissions);
            }
            Fact::LinkUpdated(link) => {
                self.event.link_id = link.link_id.as_str();
                self.take_terms(None, link.expires_at, &link.permissions);
            }
            Fact::LinkRevoked(link) => self.event.link_id = link.as_str(),
            Fact::LinkOpened(opened) => self.event.end_reason = opened.opener.as_str(),
            Fact::LinkDenied(denied) => self.event.end_reason = denied.deny_reason.as_str(),
            _ => {}
        }
    }

    fn take_request(&mut self, asked: &'a DownloadRequested) {
        self.media_ids = asked.items.iter().map(|item| long(item.media_id.0)).collect();
        self.media_kinds = asked.items.iter().map(|item| item.kind.as_str()).collect();
        self.media_bytes = asked.items.iter().map(|item| long(item.bytes)).collect();
        (self.format, self.destination) = (&asked.format, asked.destination.as_str());
        (self.pin_used, self.paid) = (asked.pin_used, asked.paid);
    }

    fn take_list(&mut self, list: &'a FavoriteList) {
        self.list_id = list.list_id.as_str();
        self.tell(&json!({"name": list.list_name, "max_selections": list.max_selections.map_or(-1, i64::from)}));
    }

    fn take_terms(&mut self, url: Option<&str>, expires_at: Option<Micros>, permissions: &Permissions) {
        let (expires_at, permissions) = (expires_at.map_or(-1, |at| at.0), format!("{permissions:?}"));
        self.tell(&json!({"url": url, "expires_at": expires_at, "permissions": permissions}));
    }

    fn take_note(&mut self, note: Option<&str>) {
        if let Some(note) = note {
            self.tell(&json!({"note": note}));
        }
    }

    fn tell(&mut self, details: &Value) {
        self.details = details.to_string();
    }
}

/// The Avro schema.
pub(super) fn schema() -> Value {
    let others = FIELDS.map(|(name, wire, _)| {
        let wire = serde_json::from_str(wire).unwrap_or_else(|_| json!(wire));
        json!({"name": name, "type": wire})
    });
    let flat = json!({"name": FLAT, "type": flat::schema()});
    let fields: Vec<_> = std::iter::once(flat).chain(others).collect();
    json!({"type": "record", "name": "Whole", "namespace": "bench", "fields": fields})
}

/// The columns the Kafka engine reads: a field of a record within is a column of both names.
pub(super) fn read_columns() -> String {
    let flat = flat::FIELDS.map(|(name, _, read, _)| format!("`{FLAT}.{name}` {read}"));
    // Words are put into dictionaries when a block is stored, all at once: the engine's reader would look up each.
    let others =
        FIELDS.map(|(name, _, column)| format!("{name} {}", column.replace("LowCardinality(String)", "String")));
    [flat.join(", "), others.join(", ")].join(", ")
}

/// The columns of the table they are stored in.
pub(super) fn stored_columns() -> String {
    [flat::stored_columns(), FIELDS.map(|(name, _, column)| format!("{name} {column}")).join(", ")].join(", ")
}

/// What puts a row that was read into the stored columns' names.
pub(super) fn renamed() -> String {
    let flat = flat::FIELDS.map(|(name, ..)| format!("`{FLAT}.{name}` AS {name}"));
    let others = FIELDS.map(|(name, ..)| name.to_owned());
    [flat.join(", "), others.join(", ")].join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use loupe_local::demo::Generator;

    #[test]
    fn every_event_of_the_season_fits_both_schemas() {
        let [flat, whole] = [flat::schema(), schema()].map(|schema| apache_avro::Schema::parse(&schema).unwrap());
        for event in Generator::new(chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000), 2_000, 1) {
            assert!(apache_avro::to_value(Flat::of(&event)).unwrap().validate(&flat), "{event:?}");
            assert!(apache_avro::to_value(Whole::of(&event)).unwrap().validate(&whole), "{event:?}");
        }
    }
}
