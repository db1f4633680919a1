//! How many events ingest takes, beside a producer that does nothing but produce the same records.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::{Event, topics};
use rdkafka::producer::Producer;
use tokio::task::JoinSet;

use super::backlog::{self, Progress};
use super::bodies::{self, Body, Passes};
use crate::client::{Client, LINES};
use crate::produce::send;
use crate::stack::Stack;
use crate::times::Times;

const CONNECTIONS: usize = 32;
const BATCHES: [usize; 3] = [1, 100, 1_000];
/// Events made beforehand, which are sent again and again under other ids: the projector folds them anew each time.
const EVENTS: usize = 50_000;
const SEED: u64 = 300;
const FLUSH_TIMEOUT: Duration = Duration::from_secs(60);

/// Measures librdkafka alone, then batches of several sizes; what one has left to fold is folded before the next.
pub(super) async fn measure(
    stack: &Stack,
    progress: &Progress,
    lasts: Duration,
    say: &(dyn Fn(&str) + Sync),
) -> anyhow::Result<()> {
    let events: Vec<Event> = bodies::events(SEED).take(EVENTS).collect();
    let mut pass = 0;
    let alone = tokio::task::block_in_place(|| produce(stack, &events, lasts, &mut pass))?;
    progress.ends().await?;
    say(&format!("librdkafka with the same records: {alone:.0} events/s"));
    for batch in BATCHES {
        let bodies = events.chunks_exact(batch).map(|events| bodies::body(&mut events.iter().cloned(), batch));
        let (rate, times) = take(stack, bodies.collect::<Result<_, _>>()?, lasts, &mut pass).await?;
        progress.ends().await?;
        let share = 100.0 * rate / alone;
        say(&format!("ingest, batches of {batch}: {rate:.0} events/s, {share:.0}% of librdkafka; {times}"));
    }
    Ok(())
}

/// Events a second, and how long requests took; they are of passes that follow `pass`.
async fn take(stack: &Stack, bodies: Vec<Body>, lasts: Duration, pass: &mut u32) -> anyhow::Result<(f64, Times)> {
    let (bodies, first) = (Arc::new(bodies), *pass + 1);
    let (next, taken) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
    let mut connections: JoinSet<anyhow::Result<Times>> = JoinSet::new();
    let start = Instant::now();
    for _ in 0..CONNECTIONS {
        let (bodies, next, taken) = (Arc::clone(&bodies), Arc::clone(&next), Arc::clone(&taken));
        // A client of its own is a connection of its own.
        let client = Client::new(stack);
        connections.spawn(async move {
            let mut times = Times::default();
            while start.elapsed() < lasts {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let body = &bodies[number % bodies.len()];
                let lines = body.lines.clone().into_pass(first + u32::try_from(number / bodies.len())?);
                let asked_at = Instant::now();
                let answer = client.post(LINES, lines).await?;
                ensure!(answer.status.is_success(), "ingest answered {}: {}", answer.status, answer.text);
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
    *pass = first + u32::try_from(next.load(Ordering::Relaxed) / bodies.len())?;
    Ok((taken.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64(), times))
}

/// Events a second that librdkafka produces and the broker acknowledges; they are of passes that follow `pass`.
fn produce(stack: &Stack, events: &[Event], lasts: Duration, pass: &mut u32) -> anyhow::Result<f64> {
    let encoder = Encoder::new(Framing::SingleObject);
    let record = |event: &Event| {
        let (key, payload) = backlog::record(&encoder, event)?;
        let mut passes = Passes::default();
        passes.append(&payload, event)?;
        anyhow::Ok((key, passes))
    };
    let mut records: Vec<_> = events.iter().map(record).collect::<Result<_, _>>()?;
    let producer = backlog::producer(stack)?;
    let start = Instant::now();
    let mut sent = 0;
    while start.elapsed() < lasts {
        *pass += 1;
        for (key, payload) in &mut records {
            send(&producer, topics::EVENTS.name, key, payload.pass(*pass))?;
        }
        sent += records.len();
    }
    producer.flush(FLUSH_TIMEOUT)?;
    Ok(sent as f64 / start.elapsed().as_secs_f64())
}
