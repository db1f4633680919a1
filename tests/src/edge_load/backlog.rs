//! Events that wait to be folded.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::ids::CollectionId;
use loupe_schemas::partition::partition_of;
use loupe_schemas::{Event, Text, topics};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use super::bodies;
use crate::produce::send;
use crate::stack::Stack;

const SEED: u64 = 7_000;
/// So many events have one of every collection.
const SEASON_SHOWS: usize = 20_000;
/// Further apart than the season's collections.
const APART: u64 = 1_000_000_000;
const FLUSH_TIMEOUT: Duration = Duration::from_secs(120);
/// The projector of a stack is of this group.
const GROUP: &str = "loupe-projector";
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
const SETTLE_TIMEOUT: Duration = Duration::from_secs(300);
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// A producer with the properties of ingest's.
pub(super) fn producer(stack: &Stack) -> anyhow::Result<ThreadedProducer<DefaultProducerContext>> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &stack.addresses.kafka_bootstrap)
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("compression.type", "lz4")
        .set("linger.ms", "5")
        .set("queue.buffering.max.messages", "200000");
    Ok(config.create()?)
}

/// An event as it lies on the log: its key and its payload.
pub(super) fn record(encoder: &Encoder, event: &Event) -> anyhow::Result<(Text, Vec<u8>)> {
    let (_, key) = topics::route(event).context("an event without a collection")?;
    let mut payload = Vec::new();
    encoder.encode(event, &mut payload)?;
    Ok((key, payload))
}

/// Publishes events with keys of their own as fast as Kafka takes them, to partitions that no edge sends to.
pub(super) fn publish(stack: &Stack, events: u64) -> anyhow::Result<()> {
    let producer = producer(stack)?;
    let encoder = Encoder::new(Framing::SingleObject);
    let events = usize::try_from(events)?;
    let mut elsewhere = Elsewhere::default();
    for mut event in bodies::events(SEED).take(events) {
        event.head.collection_id = event.head.collection_id.map(|id| elsewhere.of(id));
        let (key, payload) = record(&encoder, &event)?;
        send(&producer, topics::EVENTS.name, &key, &payload)?;
    }
    Ok(producer.flush(FLUSH_TIMEOUT)?)
}

/// Collections like those of the season in partitions that it has none in.
struct Elsewhere {
    taken: BTreeSet<i32>,
    found: HashMap<CollectionId, CollectionId>,
}

impl Default for Elsewhere {
    fn default() -> Self {
        let season = bodies::events(SEED).take(SEASON_SHOWS).filter_map(|event| event.head.collection_id);
        Self { taken: season.map(partition).collect(), found: HashMap::new() }
    }
}

impl Elsewhere {
    fn of(&mut self, collection: CollectionId) -> CollectionId {
        let taken = &self.taken;
        *self.found.entry(collection).or_insert_with(|| {
            let others = (1..).map(|step| CollectionId(collection.0 + step * APART));
            others.into_iter().find(|other| !taken.contains(&partition(*other))).unwrap_or(collection)
        })
    }
}

fn partition(collection: CollectionId) -> i32 {
    partition_of(collection.0.to_string().as_bytes(), topics::EVENTS.partitions)
}

/// How far the projector has come.
pub(super) struct Progress {
    consumer: BaseConsumer,
}

impl Progress {
    pub(super) fn of(stack: &Stack) -> anyhow::Result<Self> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &stack.addresses.kafka_bootstrap).set("group.id", GROUP);
        Ok(Self { consumer: config.create()? })
    }

    /// How many records of events it has not committed, and so not folded for good.
    pub(super) fn left(&self) -> anyhow::Result<u64> {
        let mut partitions = TopicPartitionList::new();
        partitions.add_partition_range(topics::EVENTS.name, 0, topics::EVENTS.partitions - 1);
        let mut left = 0;
        for element in self.consumer.committed_offsets(partitions, REQUEST_TIMEOUT)?.elements() {
            let (first, end) = self.consumer.fetch_watermarks(element.topic(), element.partition(), REQUEST_TIMEOUT)?;
            let next = if let Offset::Offset(next) = element.offset() { next } else { first };
            left += u64::try_from(end - next).unwrap_or(0);
        }
        Ok(left)
    }

    /// Waits until it has begun on what is left.
    pub(super) async fn begins(&self) -> anyhow::Result<()> {
        let before = tokio::task::block_in_place(|| self.left())?;
        self.until("nothing of the backlog was folded in time", |left| left < before).await
    }

    /// Waits until nothing is left.
    pub(super) async fn ends(&self) -> anyhow::Result<()> {
        self.until("the projector did not catch up in time", |left| left == 0).await
    }

    async fn until(&self, otherwise: &str, is_so: impl Fn(u64) -> bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + SETTLE_TIMEOUT;
        while !is_so(tokio::task::block_in_place(|| self.left())?) {
            ensure!(Instant::now() < deadline, "{otherwise}");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }
}
