//! Edges that publish until they are answered, as a courier with a spool does. They have something to publish as long as
//! something is to go wrong: what is new goes out with the share of kills that is done, and what went out goes again between.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use loupe_schemas::{Event, json};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::shuffle::shuffle;

/// Events of one request.
const BATCH: usize = 20;
const EDGES: usize = 4;
/// How long a request may take before its edge repeats it.
const TIMEOUT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(200);
/// A batch that is refused for so long will not be taken.
const TRIES_MAX: u32 = 900;

/// Edges at work.
pub(super) struct Load {
    edges: Vec<JoinHandle<anyhow::Result<Client>>>,
    retries: Arc<AtomicU64>,
    pace: Arc<Pace>,
}

/// How much of what is new may be out.
struct Pace {
    kills: AtomicU32,
    of: u32,
}

impl Pace {
    /// Whether the batch of this number, of so many, may go out.
    fn is_due(&self, number: usize, count: usize) -> bool {
        number as u64 * u64::from(self.of) <= u64::from(self.kills.load(Ordering::SeqCst)) * count as u64
    }

    fn is_over(&self) -> bool {
        self.kills.load(Ordering::SeqCst) >= self.of
    }
}

impl Load {
    /// Starts the edges, which have new events until `kills` are done; the catalogue goes among the rest.
    pub(super) fn start(client: Client, events: &[Event], seed: u64, kills: u32) -> Self {
        let (retries, pace) = (Arc::new(AtomicU64::new(0)), Arc::new(Pace { kills: AtomicU32::new(0), of: kills }));
        let mut values: Vec<Value> = events.iter().map(json::to_value).collect();
        // Out of order within a few hundred, and some twice.
        values.chunks_mut(300).for_each(|chunk| shuffle(chunk, seed));
        let repeated: Vec<Value> = values.iter().step_by(41).cloned().collect();
        values.extend(repeated);
        let share = values.len().div_ceil(EDGES);
        let edges = values.chunks(share).map(|values| {
            let (client, values) = (client.clone(), values.to_vec());
            let (retries, pace) = (Arc::clone(&retries), Arc::clone(&pace));
            tokio::spawn(async move { publish(client, &values, &retries, &pace).await })
        });
        Self { edges: edges.collect(), retries, pace }
    }

    /// So many kills are done.
    pub(super) fn killed(&self, kills: u32) {
        self.pace.kills.store(kills, Ordering::SeqCst);
    }

    /// Whether every edge publishes still.
    pub(super) fn is_at_work(&self) -> bool {
        self.edges.iter().all(|edge| !edge.is_finished())
    }

    /// Waits until everything is acknowledged: a client that waits for all of it, and how many requests were repeated.
    pub(super) async fn finish(self) -> anyhow::Result<(Client, u64)> {
        self.killed(self.pace.of);
        let mut whole: Option<Client> = None;
        for edge in self.edges {
            let client = edge.await.context("an edge broke off")??;
            match &mut whole {
                Some(whole) => whole.wait_for(&client)?,
                None => whole = Some(client),
            }
        }
        Ok((whole.context("there are edges")?, self.retries.load(Ordering::SeqCst)))
    }
}

async fn publish(mut client: Client, values: &[Value], retries: &AtomicU64, pace: &Pace) -> anyhow::Result<Client> {
    let batches: Vec<&[Value]> = values.chunks(BATCH).collect();
    let (mut sent, mut repeated) = (0, 0);
    while sent < batches.len() || !pace.is_over() {
        let batch = if sent < batches.len() && pace.is_due(sent, batches.len()) {
            sent += 1;
            batches[sent - 1]
        } else {
            repeated += 1;
            batches[repeated % sent]
        };
        until_taken(&mut client, batch, retries).await?;
        if !pace.is_over() {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(client)
}

async fn until_taken(client: &mut Client, batch: &[Value], retries: &AtomicU64) -> anyhow::Result<()> {
    for _ in 0..TRIES_MAX {
        if let Ok(Ok(())) = tokio::time::timeout(TIMEOUT, client.publish(batch)).await {
            return Ok(());
        }
        retries.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(PAUSE).await;
    }
    let last = tokio::time::timeout(TIMEOUT, client.publish(batch)).await;
    last.context("a batch is not answered")?.context("a batch is refused")
}
