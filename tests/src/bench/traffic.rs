//! The season's events on three topics at once: as Loupe's edges publish them, and flat, as Avro and as JSON. Flat records
//! have no key and go to all partitions in turn: by collection, of which there are few, one of two consumers would have
//! most of them.

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
use super::registry::SCHEMA_ID;
use crate::produce::{send, send_to};

/// The flat events as Avro in Confluent's framing.
pub(super) const FLAT_AVRO: &str = "bench.flat.avro";
/// The flat events as lines of JSON.
pub(super) const FLAT_JSON: &str = "bench.flat.json";

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
    /// Payload bytes as flat Avro.
    pub(super) flat_avro_bytes: u64,
    /// Payload bytes as flat JSON.
    pub(super) flat_json_bytes: u64,
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

    /// Publishes everything on all topics, and counts the records of each collection; blocks until Kafka has it.
    pub(super) fn publish(self, bootstrap: &str, with_json: bool) -> anyhow::Result<(Published, HashMap<u64, u64>)> {
        let producer = producer(bootstrap)?;
        let encoder = Encoder::new(Framing::SingleObject);
        let schema = apache_avro::Schema::parse_str(&flat::schema())?;
        let names = HashMap::new();
        let partitions = u64::try_from(topics::EVENTS.partitions)?;
        let mut published = Published::default();
        let mut sizes = HashMap::new();
        let (mut payload, mut avro) = (Vec::new(), Vec::new());
        for (event, is_copy) in self.records() {
            let (topic, key) = topics::route(&event).context("an event without a collection")?;
            ensure!(topic == &topics::EVENTS, "{} on {}", event.fact.event_type().as_str(), topic.name);
            payload.clear();
            encoder.encode(&event, &mut payload)?;
            send(&producer, topics::EVENTS.name, &key, &payload)?;
            let partition = i32::try_from(published.records % partitions)?;
            let flat = Flat::of(&event);
            avro.clear();
            avro.push(0);
            avro.extend_from_slice(&SCHEMA_ID.to_be_bytes());
            apache_avro::write_avro_datum_ref(&schema, &names, &flat, &mut avro)?;
            send_to(&producer, FLAT_AVRO, partition, &avro)?;
            if with_json {
                let json = serde_json::to_vec(&flat)?;
                send_to(&producer, FLAT_JSON, partition, &json)?;
                published.flat_json_bytes += json.len() as u64;
            }
            if let Some(collection) = event.head.collection_id {
                *sizes.entry(collection.0).or_default() += 1;
            }
            published.distinct += u64::from(!is_copy);
            published.records += 1;
            published.bytes += payload.len() as u64;
            published.flat_avro_bytes += avro.len() as u64;
        }
        producer.flush(FLUSH_TIMEOUT)?;
        Ok((published, sizes))
    }
}

/// Makes the topics of flat events, with as many partitions as Loupe's.
pub(super) async fn create_topics(bootstrap: &str) -> anyhow::Result<()> {
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", bootstrap).create()?;
    let Topic { partitions, .. } = topics::EVENTS;
    let wanted = [FLAT_AVRO, FLAT_JSON].map(|name| NewTopic::new(name, partitions, TopicReplication::Fixed(1)));
    for made in admin.create_topics(&wanted, &AdminOptions::new()).await? {
        made.map_err(|(topic, code)| anyhow::anyhow!("{topic}: {code}"))?;
    }
    Ok(())
}

fn producer(bootstrap: &str) -> anyhow::Result<ThreadedProducer<DefaultProducerContext>> {
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
