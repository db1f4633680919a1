//! Events that wait to be folded.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::ids::CollectionId;
use loupe_schemas::partition::partition_of;
use loupe_schemas::{Event, Text, topics};
use rdkafka::ClientConfig;
use rdkafka::producer::{DefaultProducerContext, Producer, ThreadedProducer};

use super::bodies;
use crate::clickhouse::ClickHouse;
use crate::produce::send;
use crate::stack::Stack;

const SEED: u64 = 7_000;
/// So many events have one of every collection.
const SEASON_SHOWS: usize = 20_000;
/// Further apart than the season's collections.
const APART: u64 = 1_000_000_000;
const FLUSH_TIMEOUT: Duration = Duration::from_secs(120);
const SETTLE_TIMEOUT: Duration = Duration::from_secs(300);
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// A producer with the properties of ingest's.
pub(super) fn producer(stack: &Stack) -> anyhow::Result<ThreadedProducer<DefaultProducerContext>> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &stack.addresses.kafka_bootstrap)
        .set("enable.idempotence", "true")
        .set("acks", "all")
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

/// What waits.
pub(super) struct Backlog {
    /// Events in the table before, and how many were added to the log.
    before: u64,
    added: u64,
}

impl Backlog {
    /// About how many of them are not in the table yet, beside what else came.
    pub(super) async fn left(&self, stack: &Stack) -> anyhow::Result<u64> {
        Ok((self.before + self.added).saturating_sub(folded(stack).await?))
    }

    /// Waits until the first of them are in the table.
    pub(super) async fn shrinks(&self, stack: &Stack) -> anyhow::Result<()> {
        let deadline = Instant::now() + SETTLE_TIMEOUT;
        while folded(stack).await? == self.before {
            ensure!(Instant::now() < deadline, "nothing of the backlog was folded in time");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }
}

/// Publishes events with keys of their own as fast as Kafka takes them, to partitions that no edge sends to.
pub(super) async fn publish(stack: &Stack, events: u64) -> anyhow::Result<Backlog> {
    let producer = producer(stack)?;
    let encoder = Encoder::new(Framing::SingleObject);
    let before = folded(stack).await?;
    let events = usize::try_from(events)?;
    let mut elsewhere = Elsewhere::default();
    tokio::task::block_in_place(|| {
        for mut event in bodies::events(SEED).take(events) {
            event.head.collection_id = event.head.collection_id.map(|id| elsewhere.of(id));
            let (key, payload) = record(&encoder, &event)?;
            send(&producer, topics::EVENTS.name, &key, &payload)?;
        }
        producer.flush(FLUSH_TIMEOUT)?;
        anyhow::Ok(())
    })?;
    Ok(Backlog { before, added: events as u64 })
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

/// Waits until nothing more is folded.
pub(super) async fn settled(stack: &Stack) -> anyhow::Result<()> {
    let deadline = Instant::now() + SETTLE_TIMEOUT;
    let mut last = folded(stack).await?;
    loop {
        tokio::time::sleep(10 * POLL_INTERVAL).await;
        let now = folded(stack).await?;
        if now == last {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the projector did not catch up in time");
        last = now;
    }
}

/// Events in the table.
async fn folded(stack: &Stack) -> anyhow::Result<u64> {
    ClickHouse::new(&stack.addresses.clickhouse_url).number("SELECT count() FROM loupe_v1.events").await
}
