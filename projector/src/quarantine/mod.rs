//! Quarantine as a product: what lies there, whether it has become an event by now, and sending it once more.
//!
//! A record is judged by the code that runs now and by when it was first received (rule 9); whether its day is kept for long
//! enough, by when it would be received again. Sent again it keeps its payload, so its event id and event time: however
//! often it is sent, it counts once.

mod forget;
mod query;

pub(crate) use forget::Place;
pub use query::Filter;

use loupe_schemas::topics::{self, Topic};
use loupe_schemas::{Event, Micros, Text};
use rdkafka::error::KafkaError;

use crate::log::{Decoder, Producer, Record, Rejected};
use crate::store::{QuarantineRow, ReplayRow, Store};

/// A quarantined record.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What is stored of it.
    pub row: QuarantineRow,
    /// When it was sent once more, if it was.
    pub replayed_at: Option<Micros>,
}

/// What a quarantined record would be today.
#[derive(Debug)]
pub enum Verdict {
    /// An event: where it would go, and its key.
    Event {
        /// The event.
        event: Box<Event>,
        /// Its topic.
        topic: &'static Topic,
        /// Its record key.
        key: Text,
    },
    /// Still none.
    Rejected(Rejected),
}

/// How many of some quarantined records were sent once more, and how many are no events still.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Sent, and acknowledged by Kafka.
    pub sent: usize,
    /// Still no events.
    pub rejected: usize,
}

/// Why records could not be sent once more; those that were sent may be sent again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// ClickHouse could not be asked or told.
    #[error("ClickHouse: {0}")]
    Store(#[from] clickhouse::error::Error),
    /// Kafka did not take a record.
    #[error("Kafka: {0}")]
    Log(#[from] KafkaError),
}

impl Entry {
    /// `topic/partition/offset`, which names the record.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}/{}/{}", self.row.topic, self.row.partition, self.row.offset)
    }

    /// What the record would be if it were sent once more now.
    #[must_use]
    pub fn judge(&self, decoder: &Decoder, now: Micros) -> Verdict {
        let rejected = |reason, field: &str, message: &str| Verdict::Rejected(Rejected::new(reason, field, message));
        let Some(topic) = topics::by_name(&self.row.topic) else {
            return rejected("unknown_topic", "topic", "the record came from no topic of Loupe");
        };
        if self.row.payload.is_empty() {
            return rejected("empty", "payload", "a tombstone that says nothing; publish the deletion anew");
        }
        let record = Record {
            topic,
            partition: self.row.partition,
            offset: self.row.offset,
            appended_at: Micros(self.row.appended_at),
            key: self.row.key.clone().into(),
            payload: Some(self.row.payload.clone().into()),
            headers: Vec::new(),
        };
        let judged = decoder.decode_anew(&record).and_then(|event| decoder.admit(&event, now).map(|()| event));
        match judged {
            Ok(event) => match topics::route(&event) {
                Some((topic, key)) => Verdict::Event { event, topic, key },
                None => rejected("missing_field", "collection_id", "without it an event has no partition (rule 93)"),
            },
            Err(rejected) => Verdict::Rejected(rejected),
        }
    }
}

/// Sends every entry that is an event by now once more, until Kafka does not take one, and notes those that it has.
///
/// # Errors
/// Kafka or ClickHouse failed; to repeat all of it is safe.
pub async fn replay(
    entries: &[Entry],
    store: &Store,
    producer: &Producer,
    now: Micros,
) -> Result<Replayed, ReplayError> {
    let decoder = Decoder::default().keeping(store.retention().await?);
    let mut replayed = Replayed::default();
    let mut notes = Vec::new();
    let mut refused = None;
    for entry in entries {
        let Verdict::Event { event, topic, key } = entry.judge(&decoder, now) else {
            replayed.rejected += 1;
            continue;
        };
        if let Err(error) = producer.publish(topic, &key, &entry.row.payload).await {
            refused = Some(error);
            break;
        }
        replayed.sent += 1;
        notes.push(ReplayRow {
            topic: entry.row.topic.clone(),
            partition: entry.row.partition,
            offset: entry.row.offset,
            event_id: event.head.event_id.0,
            replayed_at: now.0,
        });
    }
    // Those that Kafka took are noted, whatever became of the next.
    store.write_replays(&notes).await?;
    refused.map_or(Ok(replayed), |error| Err(error.into()))
}
