//! A projector that comes back: it reads the slices of what comes in back from `events`.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::bodies;
use crate::client::{Client, LINES};
use crate::process::Stopped;
use crate::scrape::Scraped;
use crate::stack::Stack;

/// Longer than the group waits for one of its own.
const AWAY: Duration = Duration::from_secs(15);
/// Events that come in meanwhile: some of every collection of the season.
const EVENTS: usize = 2_000;
const SEED: u64 = 900;

/// What it took.
pub(super) struct Away {
    /// Slices that were read back.
    slices: f64,
    /// How long that took.
    reading_back: Duration,
    /// From its return until a reader had what came in meanwhile.
    until_read: Duration,
}

impl std::fmt::Display for Away {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { slices, reading_back, until_read } = self;
        let (reading_back, until_read) = (reading_back.as_secs_f64(), until_read.as_secs_f64());
        write!(f, "{slices} slices read back in {reading_back:.2} s, its events in the answers after {until_read:.2} s")
    }
}

/// Has the projector lose its partitions and take them up again, with events waiting of the slices it had.
pub(super) async fn measure(stack: &Stack) -> anyhow::Result<Away> {
    let mut client = Client::new(stack);
    let before = Scraped::of(&stack.addresses.projector_url).await?;
    let stopped = Stopped::child_of(stack.process_id(), "projector")?;
    let body = bodies::body(&mut bodies::events(SEED), EVENTS)?;
    let collection = body.collection.context("no event of the reader's account")?;
    client.publish_body(LINES, body.lines.into_pass(0), body.events).await?;
    tokio::time::sleep(AWAY).await;
    drop(stopped);
    let back_at = Instant::now();
    let path = format!("/collections/{collection}/photo_sharing_links?limit=1");
    client.read_in_turn(&stack.addresses.keys.owner, &path).await?;
    let until_read = back_at.elapsed();
    let after = Scraped::of(&stack.addresses.projector_url).await?;
    let more = |name| after.sum(name) - before.sum(name);
    let slices = more("loupe_projector_hydrated_slices_total");
    ensure!(slices > 0.0, "the projector kept its partitions and what it had of them");
    Ok(Away {
        slices,
        reading_back: Duration::from_secs_f64(more("loupe_projector_hydration_seconds_sum").max(0.0)),
        until_read,
    })
}
