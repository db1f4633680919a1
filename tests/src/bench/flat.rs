//! The event as somebody would model it for ClickHouse's own Kafka engine: one flat record of 26 fields for all types.

use loupe_schemas::event::{Actor, Edge, Event, Fact};
use loupe_schemas::ids::{ClientId, VisitorId};
use serde::Serialize;

/// Name of the field, its type on the wire, the column the engine reads it as, and the column it is stored in.
pub(super) type Field = (&'static str, &'static str, &'static str, &'static str);

/// Every field, in the order of [`Flat`].
pub(super) const FIELDS: [Field; 26] = [
    ("event_id", "string", "String", "UUID"),
    ("type", "string", "String", "LowCardinality(String)"),
    ("occurred_at", "long", "Int64", "DateTime64(6, 'UTC')"),
    ("edge_pop", "string", "String", "LowCardinality(String)"),
    ("edge_node", "string", "String", "LowCardinality(String)"),
    ("edge_seq", "long", "Int64", "Int64"),
    ("account_id", "long", "Int64", "UInt64"),
    ("collection_id", "long", "Int64", "UInt64"),
    ("client_id", "string", "String", "String"),
    ("ip_key", "string", "String", "String"),
    ("user_agent", "string", "String", "LowCardinality(String)"),
    ("country", "string", "String", "LowCardinality(String)"),
    ("link_id", "string", "String", "String"),
    ("download_id", "string", "String", "String"),
    ("media_id", "long", "Int64", "UInt64"),
    ("kind", "string", "String", "LowCardinality(String)"),
    ("rendition", "string", "String", "LowCardinality(String)"),
    ("status", "int", "Int32", "UInt16"),
    ("range_start", "long", "Int64", "Int64"),
    ("range_end", "long", "Int64", "Int64"),
    ("object_bytes", "long", "Int64", "Int64"),
    ("body_bytes", "long", "Int64", "Int64"),
    ("completed", "boolean", "Bool", "Bool"),
    ("end_reason", "string", "String", "LowCardinality(String)"),
    ("duration_us", "long", "Int64", "Int64"),
    ("purpose", "string", "String", "LowCardinality(String)"),
];

/// A flat event; text that an event does not have is empty, a number 0.
#[derive(Debug, Default, Serialize)]
pub(super) struct Flat<'a> {
    event_id: String,
    r#type: &'static str,
    occurred_at: i64,
    edge_pop: &'a str,
    edge_node: &'a str,
    edge_seq: i64,
    account_id: i64,
    collection_id: i64,
    client_id: &'a str,
    ip_key: String,
    user_agent: &'a str,
    country: &'a str,
    pub(super) link_id: &'a str,
    download_id: String,
    pub(super) media_id: i64,
    pub(super) kind: &'static str,
    rendition: &'static str,
    status: i32,
    range_start: i64,
    range_end: i64,
    object_bytes: i64,
    body_bytes: i64,
    completed: bool,
    pub(super) end_reason: &'static str,
    duration_us: i64,
    purpose: &'static str,
}

impl<'a> Flat<'a> {
    /// What of an event has room in 26 fields: of an archive the first medium.
    pub(super) fn of(event: &'a Event) -> Self {
        let head = &event.head;
        let mut flat = Self {
            event_id: head.event_id.to_string(),
            r#type: event.fact.event_type().as_str(),
            occurred_at: head.occurred_at.0,
            account_id: long(head.account_id.0),
            collection_id: head.collection_id.map_or(0, |id| long(id.0)),
            download_id: event.fact.download_id().map(|id| id.to_string()).unwrap_or_default(),
            ..Self::default()
        };
        if let Some(edge) = &head.edge {
            flat.take_edge(edge);
        }
        if let Some(actor) = &head.actor {
            flat.take_actor(actor);
        }
        flat.take_fact(&event.fact);
        flat
    }

    fn take_edge(&mut self, edge: &'a Edge) {
        (self.edge_pop, self.edge_node, self.edge_seq) = (&edge.pop, &edge.node, edge.seq);
    }

    fn take_actor(&mut self, actor: &'a Actor) {
        let client = actor.client_id.as_ref().map(ClientId::as_str);
        self.client_id = client.or(actor.visitor_id.as_ref().map(VisitorId::as_str)).unwrap_or_default();
        self.ip_key = hex::encode(&actor.ip_key);
        self.user_agent = &actor.user_agent;
        self.country = actor.country.as_deref().unwrap_or_default();
    }

    fn take_fact(&mut self, fact: &'a Fact) {
        match fact {
            Fact::DownloadRequested(asked) => {
                self.media_id = asked.items.first().map_or(0, |item| long(item.media_id.0));
                (self.kind, self.rendition) = (asked.kind.as_str(), asked.rendition.as_str());
                self.object_bytes = asked.object_bytes.map_or(0, long);
                self.link_id = asked.link_id.as_ref().map_or("", |id| id.as_str());
            }
            Fact::DownloadPrepared(prepared) => self.object_bytes = long(prepared.object_bytes),
            Fact::TransferSegment(segment) => {
                self.media_id = segment.media_id.map_or(0, |id| long(id.0));
                self.status = i32::from(segment.status);
                if let Some(range) = segment.range {
                    (self.range_start, self.range_end) = (long(range.start), long(range.end));
                }
                (self.object_bytes, self.body_bytes) = (long(segment.object_bytes), long(segment.body_bytes));
                (self.completed, self.end_reason) = (segment.completed, segment.end_reason.as_str());
                (self.duration_us, self.purpose) = (long(segment.duration_us), segment.purpose.as_str());
            }
            Fact::FavoriteAdded(added) => self.media_id = long(added.media_id.0),
            Fact::FavoriteRemoved(removed) => self.media_id = long(removed.media_id.0),
            Fact::PhotoViewed(seen) | Fact::VideoPlayed(seen) => self.media_id = long(seen.media_id.0),
            Fact::LinkOpened(opened) => self.link_id = opened.link_id.as_str(),
            Fact::LinkDenied(denied) => self.link_id = denied.link_id.as_str(),
            _ => {}
        }
    }
}

/// A number on the wire; the largest there is room for when it is larger.
pub(super) fn long(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The Avro schema.
pub(super) fn schema() -> serde_json::Value {
    let fields = FIELDS.map(|(name, wire, _, _)| serde_json::json!({"name": name, "type": wire}));
    serde_json::json!({"type": "record", "name": "Event", "namespace": "bench", "fields": fields})
}

/// The columns the Kafka engine reads.
pub(super) fn read_columns() -> String {
    FIELDS.map(|(name, _, read, _)| format!("{name} {read}")).join(", ")
}

/// The columns of the table they are stored in.
pub(super) fn stored_columns() -> String {
    FIELDS.map(|(name, _, _, stored)| format!("{name} {stored}")).join(", ")
}
