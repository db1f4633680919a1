//! How many events ingest takes, beside a producer that does nothing but produce the same records.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::{Event, partition::partition_of, topics};
use rdkafka::producer::Producer;
use tokio::task::JoinSet;

use super::backlog;
use super::bodies::{self, Body};
use super::times::Times;
use crate::stack::Stack;

const CONNECTIONS: usize = 32;
const BATCHES: [usize; 3] = [1, 100, 1_000];
/// Events made beforehand: sending them again costs ingest the same, which remembers nothing.
const EVENTS: usize = 50_000;
const SEED: u64 = 300;
const FLUSH_TIMEOUT: Duration = Duration::from_secs(60);

/// Measures batches of several sizes, then librdkafka alone.
pub(super) async fn measure(stack: &Stack, lasts: Duration, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
    let events: Vec<Event> = bodies::events(SEED).take(EVENTS).collect();
    let alone = tokio::task::block_in_place(|| produce(stack, &events, lasts))?;
    say(&format!("librdkafka with the same records: {alone:.0} events/s"));
    for batch in BATCHES {
        let mut left = events.iter().cloned();
        let bodies = std::iter::repeat_with(|| bodies::body(&mut left, batch)).take_while(|body| body.events == batch);
        let (rate, times) = take(stack, bodies.collect(), lasts).await?;
        let share = 100.0 * rate / alone;
        say(&format!("ingest, batches of {batch}: {rate:.0} events/s, {share:.0}% of librdkafka; {times}"));
    }
    Ok(())
}

/// Events a second, and how long requests took.
async fn take(stack: &Stack, bodies: Vec<Body>, lasts: Duration) -> anyhow::Result<(f64, Times)> {
    let bodies = Arc::new(bodies);
    let (next, taken) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
    let url = format!("{}/v1/events", stack.addresses.ingest_url.trim_end_matches('/'));
    let mut connections: JoinSet<anyhow::Result<Times>> = JoinSet::new();
    let start = Instant::now();
    for _ in 0..CONNECTIONS {
        let (bodies, next, taken) = (Arc::clone(&bodies), Arc::clone(&next), Arc::clone(&taken));
        // A client of its own is a connection of its own.
        let (http, url, key) = (reqwest::Client::new(), url.clone(), stack.addresses.keys.edge.clone());
        connections.spawn(async move {
            let mut times = Times::default();
            while start.elapsed() < lasts {
                let body = &bodies[next.fetch_add(1, Ordering::Relaxed) % bodies.len()];
                let asked_at = Instant::now();
                let request = http.post(&url).bearer_auth(&key).header("content-type", "application/x-ndjson");
                let answer = request.body(body.lines.clone()).send().await?;
                let status = answer.status();
                let text = answer.text().await?;
                ensure!(status.is_success(), "ingest answered {status}: {text}");
                times.add(asked_at.elapsed());
                taken.fetch_add(body.events as u64, Ordering::Relaxed);
            }
            Ok(times)
        });
    }
    let mut times = Times::default();
    while let Some(done) = connections.join_next().await {
        times.append(done??);
    }
    Ok((taken.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64(), times))
}

/// Events a second that librdkafka produces and the broker acknowledges.
fn produce(stack: &Stack, events: &[Event], lasts: Duration) -> anyhow::Result<f64> {
    let encoder = Encoder::new(Framing::SingleObject);
    let mut records = Vec::with_capacity(events.len());
    for event in events {
        let (_, key) = topics::route(event).context("an event without a collection")?;
        let mut payload = Vec::new();
        encoder.encode(event, &mut payload)?;
        records.push((partition_of(key.as_bytes(), topics::EVENTS.partitions), key, payload));
    }
    let producer = backlog::producer(stack)?;
    let start = Instant::now();
    let mut sent = 0;
    while start.elapsed() < lasts {
        for (partition, key, payload) in &records {
            backlog::send(&producer, *partition, key, payload)?;
        }
        sent += records.len();
    }
    producer.flush(FLUSH_TIMEOUT)?;
    Ok(sent as f64 / start.elapsed().as_secs_f64())
}
