//! An event as a Kafka record: topic, key, payload and headers.

use loupe_schemas::avro::codec::Encoder;
use loupe_schemas::topics::{self, Topic};
use loupe_schemas::{Event, Text};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::BaseRecord;
use rdkafka::util::IntoOpaque;

use super::{PublishError, RECORD_BYTES_MAX};

/// The header of a tombstone that names the event type.
pub const HEADER_TYPE: &str = "type";
/// The header of a tombstone that holds the event id.
pub const HEADER_EVENT_ID: &str = "event_id";
/// The header of a tombstone that holds the event time: microseconds since the epoch, in decimal.
pub const HEADER_OCCURRED_AT: &str = "occurred_at";
/// The header of a tombstone that holds the account id, in decimal.
pub const HEADER_ACCOUNT_ID: &str = "account_id";

/// What Kafka adds to a record at most: its frame, its batch and the headers of a tombstone.
const OVERHEAD_BYTES: usize = 512;

/// Room that the payloads of nearly all events fit in.
const PAYLOAD_BYTES_USUAL: usize = 512;

/// An event as a Kafka record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) topic: &'static Topic,
    pub(super) key: Text,
    /// Absent for a deletion, which is a tombstone (rule 94).
    pub(super) payload: Option<Vec<u8>>,
    /// What a tombstone says, having no payload; empty otherwise.
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Record {
    pub(super) fn of(event: &Event, encoder: &Encoder) -> Result<Self, PublishError> {
        let (topic, key) = topics::route(event).ok_or(PublishError::NoKey)?;
        let event_type = event.fact.event_type();
        if event_type.is_deletion() {
            let head = &event.head;
            let headers = vec![
                (HEADER_TYPE, event_type.as_str().to_owned()),
                (HEADER_EVENT_ID, head.event_id.to_string()),
                (HEADER_OCCURRED_AT, head.occurred_at.0.to_string()),
                (HEADER_ACCOUNT_ID, head.account_id.to_string()),
            ];
            return Ok(Self { topic, key, payload: None, headers });
        }
        let mut payload = Vec::with_capacity(PAYLOAD_BYTES_USUAL);
        encoder.encode(event, &mut payload)?;
        let bytes = payload.len() + key.len() + OVERHEAD_BYTES;
        if bytes > RECORD_BYTES_MAX {
            return Err(PublishError::TooLarge { bytes, bytes_max: RECORD_BYTES_MAX });
        }
        Ok(Self { topic, key, payload: Some(payload), headers: Vec::new() })
    }

    /// The record as librdkafka takes it, with what comes back with its delivery.
    pub(super) fn for_librdkafka<D: IntoOpaque>(&self, delivery_opaque: D) -> BaseRecord<'_, str, [u8], D> {
        let mut record = BaseRecord::with_opaque_to(self.topic.name, delivery_opaque).key(self.key.as_str());
        record.payload = self.payload.as_deref();
        record.headers = self.owned_headers();
        record
    }

    fn owned_headers(&self) -> Option<OwnedHeaders> {
        if self.headers.is_empty() {
            return None;
        }
        let headers = OwnedHeaders::new_with_capacity(self.headers.len());
        Some(
            self.headers
                .iter()
                .fold(headers, |headers, (key, value)| headers.insert(Header { key, value: Some(value) })),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use loupe_schemas::avro::codec::{Decoder, Framing};
    use loupe_schemas::json;
    use loupe_schemas::topics::{CATALOG, EVENTS};
    use serde_json::{Value, json};

    use super::*;

    fn event(own: Value) -> Event {
        let mut flat = json!({
            "event_id": "01970000-0000-7000-8000-000000000001",
            "occurred_at": 1_777_745_053_000_000_i64,
            "account_id": 1,
            "collection_id": 90_516_387,
            "edge": {"pop": "FRA", "node": "n1", "boot_id": "5f0f2a9e-7a39-4f7e-8a4e-3c1c5f1f0a11", "seq": 0},
            "actor": {"role": "guest", "identified_by": "none", "ip_key": "00ff", "user_agent": "Mozilla/5.0"},
        });
        let own = own.as_object().unwrap().clone();
        flat.as_object_mut().unwrap().extend(own);
        json::parse(flat.to_string(), &|_: IpAddr| Vec::new()).unwrap()
    }

    fn record(event: &Event) -> Result<Record, PublishError> {
        Record::of(event, &Encoder::new(Framing::SingleObject))
    }

    #[test]
    fn facts_go_to_the_events_topic_under_their_collection() {
        let viewed = event(json!({"type": "PhotoViewed", "media_id": 7}));
        let record = record(&viewed).unwrap();
        assert_eq!((record.topic, record.key.as_str()), (&EVENTS, "90516387"));
        assert_eq!(*Decoder::new().decode(&record.payload.unwrap()).unwrap(), viewed);
        assert!(record.headers.is_empty());
    }

    #[test]
    fn rule_94_a_deletion_is_a_tombstone_whose_headers_say_which_event_and_when() {
        let record = record(&event(json!({"type": "MediaDeleted", "media_id": 7}))).unwrap();
        assert_eq!((record.topic, record.key.as_str()), (&CATALOG, "media/1/90516387/7"));
        assert_eq!(record.payload, None);
        let headers = [
            ("type", "MediaDeleted".to_owned()),
            ("event_id", "01970000-0000-7000-8000-000000000001".to_owned()),
            ("occurred_at", "1777745053000000".to_owned()),
            ("account_id", "1".to_owned()),
        ];
        assert_eq!(record.headers, headers);
    }

    #[test]
    fn an_erasure_is_a_record_and_replaces_the_client_it_erases() {
        let client_id = "cl_abc";
        let erased = record(&event(json!({"type": "ClientErased", "client_id": client_id}))).unwrap();
        let client = event(json!({"type": "ClientUpserted", "client_id": client_id, "email": "ana@ex.com"}));
        assert_eq!(erased.key, record(&client).unwrap().key);
        assert!(erased.payload.is_some());
    }

    #[test]
    fn a_record_no_topic_takes_is_refused_for_good() {
        for topic in [&topics::EVENTS, &topics::CATALOG] {
            let taken = topic.settings.iter().find(|(name, _)| *name == "max.message.bytes").map(|(_, value)| *value);
            assert_eq!(taken, Some(RECORD_BYTES_MAX.to_string().as_str()), "{}", topic.name);
        }
        let mut large = event(json!({"type": "PhotoViewed", "media_id": 7}));
        large.head.edge.as_mut().unwrap().node = "n".repeat(RECORD_BYTES_MAX).into();
        let error = record(&large).unwrap_err();
        assert!(matches!(error, PublishError::TooLarge { bytes_max: RECORD_BYTES_MAX, .. }) && !error.is_retryable());
    }

    #[test]
    fn rule_93_without_a_collection_there_is_no_key() {
        let mut lost = event(json!({"type": "PhotoViewed", "media_id": 7}));
        lost.head.collection_id = None;
        assert!(matches!(record(&lost), Err(PublishError::NoKey)));
    }
}
