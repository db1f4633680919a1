//! The season's events on four topics at once: as Loupe's edges publish them, flat as Avro and as JSON, and whole. The peer's
//! records have no key and go to all partitions in turn: by collection, of which there are few, one of two consumers would
//! have most of them.

use std::collections::{HashMap, VecDeque};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use loupe_local::demo::Generator;
use loupe_schemas::Event;
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::topics::{self, Topic};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::producer::{DefaultProducerContext, Producer, ThreadedProducer};

use super::flat::{self, Flat};
use super::peer::Format;
use super::registry::{FLAT_ID, WHOLE_ID};
use super::whole::{self, Whole};
use crate::produce::{send, send_to};

const SEED: u64 = 20;
/// One event in so many comes a second time.
const COPY_EVERY: usize = 50;
/// How many events lie between an event and its copy.
const COPY_AFTER: usize = 700;
const FLUSH_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(120);

/// The same events for everybody, as often as they are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traffic {
    events: u64,
    now: DateTime<Utc>,
}

/// What was published on each topic.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Published {
    /// Distinct events.
    pub(super) distinct: u64,
    /// Records, copies included.
    pub(super) records: u64,
    /// Payload bytes on Loupe's topic.
    pub(super) bytes: u64,
    /// Payload bytes of the peer's records, by format; 0 for one that was not asked for.
    pub(super) peer: [u64; Format::ALL.len()],
}

impl Traffic {
    /// About `events` events of the day before `now`.
    pub(super) const fn new(events: u64, now: DateTime<Utc>) -> Self {
        Self { events, now }
    }

    /// Every distinct event but those of the catalogue, which have a topic of their own.
    pub(super) fn events(self) -> impl Iterator<Item = Event> {
        Generator::new(self.now, self.events, SEED).filter(|event| !event.fact.event_type().is_catalogue())
    }

    /// Every record in the order it is published; a copy comes some hundred events after its original.
    fn records(self) -> impl Iterator<Item = (Event, bool)> {
        let mut late: VecDeque<Event> = VecDeque::new();
        self.events().enumerate().flat_map(move |(index, event)| {
            if index % COPY_EVERY == 0 {
                late.push_back(event.clone());
            }
            let is_due = index % COPY_EVERY == 1 && index > COPY_AFTER;
            let copy = is_due.then(|| late.pop_front()).flatten().map(|copy| (copy, true));
            [Some((event, false)), copy].into_iter().flatten()
        })
    }

    /// Publishes everything as edges do and in the peer's formats, and counts the records of each collection; blocks until
    /// Kafka has it.
    pub(super) fn publish(self, bootstrap: &str, formats: &[Format]) -> anyhow::Result<(Published, HashMap<u64, u64>)> {
        let producer = producer(bootstrap)?;
        let encoder = Encoder::new(Framing::SingleObject);
        let mut peer = Flattener::new(formats)?;
        let partitions = u64::try_from(topics::EVENTS.partitions)?;
        let mut published = Published::default();
        let mut sizes = HashMap::new();
        let mut payload = Vec::new();
        for (event, is_copy) in self.records() {
            let (topic, key) = topics::route(&event).context("an event without a collection")?;
            ensure!(topic == &topics::EVENTS, "{} on {}", event.fact.event_type().as_str(), topic.name);
            payload.clear();
            encoder.encode(&event, &mut payload)?;
            send(&producer, topics::EVENTS.name, &key, &payload)?;
            peer.publish(&producer, i32::try_from(published.records % partitions)?, &event)?;
            if let Some(collection) = event.head.collection_id {
                *sizes.entry(collection.0).or_default() += 1;
            }
            published.distinct += u64::from(!is_copy);
            published.records += 1;
            published.bytes += payload.len() as u64;
        }
        producer.flush(FLUSH_TIMEOUT)?;
        Ok((Published { peer: peer.published, ..published }, sizes))
    }
}

/// Publishes events in the peer's formats.
struct Flattener {
    /// In payload bytes, by format.
    published: [u64; Format::ALL.len()],
    formats: Vec<Format>,
    flat: apache_avro::Schema,
    whole: apache_avro::Schema,
    payload: Vec<u8>,
}

impl Flattener {
    fn new(formats: &[Format]) -> anyhow::Result<Self> {
        Ok(Self {
            published: Default::default(),
            formats: formats.to_vec(),
            flat: apache_avro::Schema::parse(&flat::schema())?,
            whole: apache_avro::Schema::parse(&whole::schema())?,
            payload: Vec::new(),
        })
    }

    fn publish(&mut self, producer: &Publisher, partition: i32, event: &Event) -> anyhow::Result<()> {
        let names = HashMap::new();
        for &format in &self.formats {
            let payload = &mut self.payload;
            payload.clear();
            match format {
                Format::Avro => {
                    confluent(FLAT_ID, payload);
                    apache_avro::write_avro_datum_ref(&self.flat, &names, &Flat::of(event), payload)?;
                }
                Format::Json => serde_json::to_writer(&mut *payload, &Flat::of(event))?,
                Format::Whole => {
                    confluent(WHOLE_ID, payload);
                    apache_avro::write_avro_datum_ref(&self.whole, &names, &Whole::of(event), payload)?;
                }
            }
            send_to(producer, format.topic(), partition, payload)?;
            self.published[format as usize] += payload.len() as u64;
        }
        Ok(())
    }
}

/// What comes before a record in Confluent's framing.
fn confluent(schema_id: u32, payload: &mut Vec<u8>) {
    payload.push(0);
    payload.extend_from_slice(&schema_id.to_be_bytes());
}

/// Makes the topics of the peer's records, with as many partitions as Loupe's.
pub(super) async fn create_topics(bootstrap: &str) -> anyhow::Result<()> {
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", bootstrap).create()?;
    let Topic { partitions, .. } = topics::EVENTS;
    let wanted = Format::ALL.map(|format| NewTopic::new(format.topic(), partitions, TopicReplication::Fixed(1)));
    for made in admin.create_topics(&wanted, &AdminOptions::new()).await? {
        made.map_err(|(topic, code)| anyhow::anyhow!("{topic}: {code}"))?;
    }
    Ok(())
}

type Publisher = ThreadedProducer<DefaultProducerContext>;

fn producer(bootstrap: &str) -> anyhow::Result<Publisher> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", bootstrap)
        .set("enable.idempotence", "true")
        .set("linger.ms", "20")
        .set("batch.size", "1000000")
        .set("queue.buffering.max.messages", "200000");
    Ok(config.create()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_in_fifty_comes_twice_bit_for_bit() {
        let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
        let mut seen: HashMap<_, Vec<Event>> = HashMap::new();
        let mut records = 0;
        for (event, _) in Traffic::new(10_000, now).records() {
            records += 1;
            seen.entry(event.head.event_id).or_default().push(event);
        }
        let copies = records - seen.len();
        assert!((150..=200).contains(&copies), "{copies} copies of {records}");
        assert!(seen.values().all(|same| same.len() <= 2 && same.iter().all(|event| *event == same[0])));
    }
}
