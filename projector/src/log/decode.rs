//! From a record to an event, or to the reason why it is none.

use loupe_schemas::avro::codec;
use loupe_schemas::canary::Canary;
use loupe_schemas::event::Head;
use loupe_schemas::ids::EventId;
use loupe_schemas::partition::partition_of;
use loupe_schemas::topics::{self, CatalogKey};
use loupe_schemas::{Event, Fact, Micros, Text, rules};
use rustc_hash::FxHashMap;
use uuid::Uuid;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::consumer::Record;
use crate::fold::filter::{ActorClass, Lists, UserAgentClass};
use crate::fold::slice_key::SliceKey;
use crate::retention::Retention;

/// So many user agents are remembered by each decoder, and none that is longer than real ones are: whoever makes them up
/// fills no memory.
const CLASSES_MAX: usize = 10_000;
const REMEMBERED_BYTES_MAX: usize = 512;

/// A record and what it says.
#[derive(Debug)]
pub struct DecodedRecord {
    /// The record.
    pub record: Record,
    /// What it says.
    pub decoded: Decoded,
}

impl DecodedRecord {
    /// Whether both came from one partition ([`Record::is_beside`]).
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        self.record.is_beside(&other.record)
    }
}

/// What a record says.
#[derive(Debug)]
pub enum Decoded {
    /// An event, with what the definition's lists say of its actor and a hash of its payload.
    Event {
        /// The event.
        event: Box<Event>,
        /// The slice that it is folded into; none for an entry of the catalogue.
        slice: Option<SliceKey>,
        /// What the lists say of its actor.
        class: ActorClass,
        /// Tells a collision from a duplicate (rule 10).
        content: u64,
    },
    /// An event in a partition its collection does not belong to: a slice must have one log.
    Misrouted {
        /// The key that leads to the right partition.
        key: Text,
    },
    /// No event, but a measure of how long the log takes to show.
    Canary(Canary),
    /// No event.
    Rejected(Box<Rejected>),
}

/// Why a record is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The kind of mistake, for metrics.
    pub reason: &'static str,
    /// The field at fault, if one is.
    pub field: String,
    /// The rule, for people.
    pub message: String,
    /// The node of the edge it came from; empty when that cannot be read.
    pub edge_node: String,
}

impl Rejected {
    /// Every reason there is.
    pub(crate) const REASONS: &[&str] = &[
        "beyond_retention",
        "empty",
        "forbidden",
        "invalid_value",
        "malformed",
        "malformed_tombstone",
        "mismatch",
        "missing",
        "out_of_range",
        "too_large",
        "trailing_bytes",
        "truncated",
        "unknown_framing",
        "unknown_schema",
        "wrong_topic",
    ];

    /// A mistake of this kind, in this field, against this rule.
    #[must_use]
    pub fn new(reason: &'static str, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { reason, field: field.into(), message: message.into(), edge_node: String::new() }
    }
}

/// Decodes records. Not shared, but cloned for each thread: it remembers the classes of user agents.
#[derive(Clone)]
pub struct Decoder {
    codec: codec::Decoder,
    lists: Lists,
    retention: Retention,
    classes: FxHashMap<String, UserAgentClass>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(codec::Decoder::new(), Lists::default())
    }
}

impl Decoder {
    /// A decoder over every schema that ever landed, which classes actors by these lists.
    #[must_use]
    pub fn new(codec: codec::Decoder, lists: Lists) -> Self {
        Self { codec, lists, retention: Retention::default(), classes: FxHashMap::default() }
    }

    /// The same, refusing events of slices that may be gone while their records are read.
    #[must_use]
    pub const fn keeping(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// Decodes a record, given how many partitions the events topic has.
    pub fn decode(&mut self, record: &Record, event_partitions: i32) -> Decoded {
        if record.topic == &topics::EVENTS
            && let Some(canary) = Canary::read(record.headers.iter().map(|(name, value)| (name.as_str(), &value[..])))
        {
            return Decoded::Canary(canary);
        }
        match self.event(record) {
            Ok(event) => self.route(record, event, event_partitions),
            Err(rejected) => Decoded::Rejected(Box::new(rejected)),
        }
    }

    /// What a record says whatever topic it lies on, by the code that runs now and by when it was first received.
    ///
    /// # Errors
    /// It says nothing.
    pub fn decode_anew(&self, record: &Record) -> Result<Box<Event>, Rejected> {
        let event = match &record.payload {
            Some(payload) => self.codec.decode(payload).map_err(|error| undecodable(&error))?,
            None => tombstone(record)?,
        };
        rules::check(&event, record.appended_at).map_err(|violation| Rejected {
            edge_node: edge_node(&event),
            ..Rejected::new(violation.code.as_str(), violation.field, violation.message)
        })?;
        Ok(event)
    }

    /// Whether the slice of an event that is received then is kept for long enough.
    ///
    /// # Errors
    /// It may be gone while the event's record is read.
    pub fn admit(&self, event: &Event, received_at: Micros) -> Result<(), Rejected> {
        self.retention.admit(event, received_at).map_err(|too_old| Rejected {
            edge_node: edge_node(event),
            ..Rejected::new("beyond_retention", "occurred_at", too_old.to_string())
        })
    }

    fn event(&self, record: &Record) -> Result<Box<Event>, Rejected> {
        let event = self.decode_anew(record)?;
        self.admit(&event, record.appended_at)?;
        if record.topic == &topics::CATALOG && !event.fact.event_type().is_catalogue() {
            let message = format!("{} belongs on {}", event.fact.event_type().as_str(), topics::EVENTS.name);
            return Err(Rejected { edge_node: edge_node(&event), ..Rejected::new("wrong_topic", "type", message) });
        }
        Ok(event)
    }

    fn route(&mut self, record: &Record, event: Box<Event>, event_partitions: i32) -> Decoded {
        if record.topic == &topics::EVENTS
            && let Some((topic, key)) = topics::route(&event)
            && topic == &topics::EVENTS
            && partition_of(key.as_bytes(), event_partitions) != record.partition
        {
            return Decoded::Misrouted { key };
        }
        let class = self.class_of(&event);
        let content = record.payload.as_deref().map_or(0, xxh3_64);
        let slice = if event.fact.event_type().is_catalogue() { None } else { SliceKey::of(&event) };
        Decoded::Event { event, slice, class, content }
    }

    /// The lists that actors are classed by.
    #[must_use]
    pub const fn lists(&self) -> &Lists {
        &self.lists
    }

    /// What the lists say of an event's actor.
    pub fn class_of(&mut self, event: &Event) -> ActorClass {
        let Some(actor) = &event.head.actor else { return ActorClass::NOBODY };
        ActorClass { user_agent: self.user_agent(&actor.user_agent), is_data_center: self.lists.is_data_center(actor) }
    }

    /// The class of a user agent, remembered: the same few thousand come again and again.
    fn user_agent(&mut self, user_agent: &str) -> UserAgentClass {
        if let Some(class) = self.classes.get(user_agent) {
            return *class;
        }
        let class = self.lists.user_agent(user_agent);
        if user_agent.len() <= REMEMBERED_BYTES_MAX {
            if self.classes.len() >= CLASSES_MAX {
                self.classes.clear();
            }
            self.classes.insert(user_agent.to_owned(), class);
        }
        class
    }

    /// Decodes a payload that was an event before, as `events` keeps it.
    ///
    /// # Errors
    /// The schema it was written with is not known here.
    pub fn decode_stored(&self, payload: &[u8]) -> Result<Box<Event>, codec::DecodeError> {
        self.codec.decode(payload)
    }
}

fn edge_node(event: &Event) -> String {
    event.head.edge.as_ref().map(|edge| edge.node.to_string()).unwrap_or_default()
}

fn undecodable(error: &codec::DecodeError) -> Rejected {
    let field = match error {
        codec::DecodeError::Invalid(violation) => violation.field.clone(),
        _ => String::new(),
    };
    Rejected::new(error.reason(), field, error.to_string())
}

/// A deletion from the catalogue (rule 94): the key says what, headers say which event and when.
fn tombstone(record: &Record) -> Result<Box<Event>, Rejected> {
    let reject = |field: &str, message: &str| Rejected::new("malformed_tombstone", field, message);
    if record.topic != &topics::CATALOG {
        return Err(reject("payload", "only the catalogue has tombstones (rule 94)"));
    }
    let key = std::str::from_utf8(&record.key).ok().and_then(CatalogKey::parse);
    let key = key.ok_or_else(|| reject("key", "must name an entity, such as media/1/2/3"))?;
    let (account_id, collection_id, fact) = match key {
        CatalogKey::Collection(account, id) => (account, Some(id), Fact::CollectionDeleted(())),
        CatalogKey::Gallery(account, collection, id) => (account, Some(collection), Fact::GalleryDeleted(id)),
        CatalogKey::Media(account, collection, id) => (account, Some(collection), Fact::MediaDeleted(id)),
        CatalogKey::Client(account, id) => (account, None, Fact::ClientErased(id)),
    };
    let event_id = header(record, "event_id").and_then(|text| Uuid::parse_str(text).ok());
    let occurred_at = header(record, "occurred_at").and_then(|text| text.parse().ok()).map(Micros);
    let place = format!("{}/{}/{}", record.topic.name, record.partition, record.offset);
    let head = Head {
        event_id: EventId(event_id.unwrap_or_else(|| Uuid::from_u128(xxh3_128(place.as_bytes())))),
        occurred_at: occurred_at.unwrap_or(record.appended_at),
        edge: None,
        account_id,
        collection_id,
        actor: None,
    };
    Ok(Box::new(Event { head, fact }))
}

fn header<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    let value = &record.headers.iter().find(|(key, _)| key == name)?.1;
    std::str::from_utf8(value).ok()
}

#[cfg(test)]
mod tests {
    use loupe_schemas::rules::Code;

    use super::*;

    #[test]
    fn every_rule_that_can_be_broken_is_counted_from_the_start() {
        let missing = Code::ALL.iter().filter(|code| !Rejected::REASONS.contains(&code.as_str()));
        assert_eq!(missing.collect::<Vec<_>>(), Vec::<&Code>::new());
    }

    fn deleted(occurred_at: Option<i64>) -> Result<Box<Event>, Rejected> {
        let headers = occurred_at.map(|at| ("occurred_at".to_owned(), at.to_string().into_bytes()));
        Decoder::default().decode_anew(&Record {
            topic: &topics::CATALOG,
            partition: 0,
            offset: 7,
            appended_at: Micros(1_777_761_000_000_000),
            key: (&b"media/1/2/3"[..]).into(),
            payload: None,
            headers: headers.into_iter().collect(),
        })
    }

    #[test]
    fn rule_9_holds_for_a_tombstone_too() {
        let appended_at = 1_777_761_000_000_000;
        for occurred_at in [None, Some(appended_at)] {
            assert_eq!(deleted(occurred_at).unwrap().head.occurred_at, Micros(appended_at), "{occurred_at:?}");
        }
        // Milliseconds, and a year ahead.
        for occurred_at in [appended_at / 1_000, appended_at + 31_536_000_000_000] {
            let rejected = deleted(Some(occurred_at)).unwrap_err();
            assert_eq!((rejected.reason, rejected.field.as_str()), ("out_of_range", "occurred_at"), "{occurred_at}");
        }
    }
}
