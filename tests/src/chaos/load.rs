//! Edges that publish until they are answered, as a courier with a spool does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
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
    hurry: Arc<AtomicBool>,
}

impl Load {
    /// Starts the edges. While faults last they take their time; the catalogue goes among the rest.
    pub(super) fn start(client: Client, events: Vec<Event>, seed: u64) -> Self {
        let (retries, hurry) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let mut values: Vec<Value> = events.iter().map(json::to_value).collect();
        // Out of order within a few hundred, and some twice.
        values.chunks_mut(300).for_each(|chunk| shuffle(chunk, seed));
        let repeated: Vec<Value> = values.iter().step_by(41).cloned().collect();
        values.extend(repeated);
        let share = values.len().div_ceil(EDGES);
        let edges = values.chunks(share).map(|values| {
            let (client, values) = (client.clone(), values.to_vec());
            let (retries, hurry) = (Arc::clone(&retries), Arc::clone(&hurry));
            tokio::spawn(async move { publish(client, &values, &retries, &hurry).await })
        });
        Self { edges: edges.collect(), retries, hurry }
    }

    /// Waits until everything is acknowledged: a client that waits for all of it, and how many requests were repeated.
    pub(super) async fn finish(self) -> anyhow::Result<(Client, u64)> {
        self.hurry.store(true, Ordering::SeqCst);
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

async fn publish(
    mut client: Client,
    values: &[Value],
    retries: &AtomicU64,
    hurry: &AtomicBool,
) -> anyhow::Result<Client> {
    for batch in values.chunks(BATCH) {
        let mut tries = 0;
        loop {
            match tokio::time::timeout(TIMEOUT, client.publish(batch)).await {
                Ok(Ok(())) => break,
                Ok(Err(error)) if tries == TRIES_MAX => bail!("a batch is refused: {error}"),
                _ => {
                    retries.fetch_add(1, Ordering::SeqCst);
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        if !hurry.load(Ordering::SeqCst) {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(client)
}
