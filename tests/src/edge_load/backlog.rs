//! Events that wait to be folded.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::{Event, topics};
use rdkafka::ClientConfig;
use rdkafka::producer::{DefaultProducerContext, Producer, ThreadedProducer};

use super::bodies;
use crate::clickhouse::ClickHouse;
use crate::produce::send;
use crate::stack::Stack;

const SEED: u64 = 7_000;
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
pub(super) fn record(encoder: &Encoder, event: &Event) -> anyhow::Result<(String, Vec<u8>)> {
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
}

/// Publishes events with keys of their own as fast as Kafka takes them.
pub(super) fn publish(stack: &Stack, events: u64) -> anyhow::Result<Backlog> {
    let producer = producer(stack)?;
    let encoder = Encoder::new(Framing::SingleObject);
    let handle = tokio::runtime::Handle::current();
    let before = tokio::task::block_in_place(|| handle.block_on(folded(stack)))?;
    let events = usize::try_from(events)?;
    tokio::task::block_in_place(|| {
        for event in bodies::events(SEED).take(events) {
            let (key, payload) = record(&encoder, &event)?;
            send(&producer, topics::EVENTS.name, &key, &payload)?;
        }
        producer.flush(FLUSH_TIMEOUT)?;
        anyhow::Ok(())
    })?;
    Ok(Backlog { before, added: events as u64 })
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
