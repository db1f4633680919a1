//! The demo traffic: a believable day of a photographer's season, sent over HTTP as edges send it.
//!
//! ```text
//! season ─ who and what exists ─┐
//! script ─ what people do ──────┼─ Generator: events by time ─ edge: stamps, batches, copies, delays ─ HTTP
//! people ─ who they are ────────┘
//! ```
//! Everything up to the wire is a function of a seed and a point in time: no clock is read, no other chance is taken.

mod day;
mod dice;
mod edge;
mod generator;
mod people;
mod script;
mod season;
#[cfg(test)]
mod tests;

use anyhow::Context;
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use edge::{Batch, Batches, Courier};
pub use generator::Generator;

/// A collection of account 1 that every demo has, with the most of everything: what examples should ask for.
pub const SHOWCASE_COLLECTION: u64 = 90_516_387;

/// How many requests are on their way at once.
const REQUESTS_MAX: usize = 4;
/// How many batches may wait for a request.
const BATCHES_WAITING_MAX: usize = 8;

/// Where the traffic goes.
#[derive(Clone)]
pub struct Target {
    /// Base URL of the ingest service; `/v1/events` is appended.
    pub ingest_url: String,
    /// A bearer key that may publish for all accounts.
    pub key: String,
}

/// What was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Events sent, copies included; a request that had to be repeated counts once.
    pub sent: u64,
    /// Events the ingest service took, copies included.
    pub accepted: u64,
    /// Copies: events sent a second time, bit for bit.
    pub duplicates: u64,
}

/// Plays the day that ends one minute before `now`, with at least `events` distinct events: the same day for the
/// same `(events, now, seed)`. `progress` is called with the number of distinct events sent so far.
///
/// # Errors
/// When the ingest service cannot be reached for minutes, or refuses a request as a whole.
pub async fn play(
    target: &Target,
    events: u64,
    now: DateTime<Utc>,
    seed: u64,
    progress: &(dyn Fn(u64) + Sync),
) -> anyhow::Result<Report> {
    let courier = Courier::new(target)?;
    let (sender, mut batches) = mpsc::channel::<std::io::Result<Batch>>(BATCHES_WAITING_MAX);
    let producer = tokio::task::spawn_blocking(move || {
        for batch in Batches::new(Generator::new(now, events, seed), seed) {
            if sender.blocking_send(batch).is_err() {
                return;
            }
        }
    });
    let mut report = Report::default();
    let mut requests = JoinSet::new();
    let mut in_catalogue = true;
    while let Some(batch) = batches.recv().await {
        let batch = batch.context("cannot write a batch of the demo traffic")?;
        // Traffic on a collection makes no sense to a reader before the collection is known.
        let waiting_max = if in_catalogue && !batch.catalogue { 0 } else { REQUESTS_MAX - 1 };
        in_catalogue &= batch.catalogue;
        while requests.len() > waiting_max {
            settle(&mut requests, &mut report, progress).await?;
        }
        let courier = courier.clone();
        requests.spawn(async move { courier.deliver(&batch).await.map(|verdict| (batch, verdict)) });
    }
    while !requests.is_empty() {
        settle(&mut requests, &mut report, progress).await?;
    }
    producer.await.context("the demo traffic broke off")?;
    Ok(report)
}

/// Waits for one request and adds up what became of it.
async fn settle(
    requests: &mut JoinSet<anyhow::Result<(Batch, edge::Verdict)>>,
    report: &mut Report,
    progress: &(dyn Fn(u64) + Sync),
) -> anyhow::Result<()> {
    let Some(finished) = requests.join_next().await else {
        return Ok(());
    };
    let (batch, verdict) = finished.context("a request of the demo traffic broke off")??;
    if let Some(first) = verdict.rejected.first() {
        tracing::warn!(rejected = verdict.rejected.len(), %first, "the ingest service rejected demo events");
    }
    report.sent += batch.events;
    report.accepted += verdict.accepted;
    report.duplicates += batch.copies;
    progress(report.sent - report.duplicates);
    Ok(())
}
