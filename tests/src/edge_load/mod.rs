//! Events over HTTP under load: how soon after its 2xx an event is in the API's answers, and how many ingest takes beside
//! a producer that does nothing but produce.
//!
//! ```text
//! bodies      the season's events as requests of NDJSON
//! freshness   a steady rate, and readers that wait for what was just taken
//! backlog     what waits to be folded beside it, in other partitions
//! throughput  as many requests as there are connections, for batches of several sizes; librdkafka with the same records
//! away        a projector that comes back to the slices of all that
//! ```

mod away;
mod backlog;
mod bodies;
mod freshness;
mod throughput;

use std::path::Path;
use std::time::Duration;

use crate::process::Stopped;
use crate::program;
use crate::stack::Stack;
use backlog::Progress;

/// What to do.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Events a second, steadily.
    pub rate: u64,
    /// How long each measurement lasts.
    pub lasts: Duration,
    /// Events of other partitions that wait to be folded while freshness is measured again; 0 for none.
    pub backlog: u64,
}

/// Measures on a stack of its own; says what it found.
///
/// # Errors
/// The stack did not start, or an answer was not the expected one.
pub async fn run(executable: &Path, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
    program::with_stack(executable, async |stack| measure(stack, plan, say).await).await
}

async fn measure(stack: &Stack, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
    let progress = Progress::of(stack)?;
    say(&format!("{} events/s steadily: {}", plan.rate, freshness::measure(stack, plan).await?));
    if plan.backlog > 0 {
        // Events are folded faster than they can be published here: left alone, it would leave none to wait.
        let stopped = Stopped::child_of(stack.process_id(), "projector")?;
        tokio::task::block_in_place(|| backlog::publish(stack, plan.backlog))?;
        drop(stopped);
        progress.begins().await?;
        let times = freshness::measure(stack, plan).await?;
        let left = tokio::task::block_in_place(|| progress.left())?;
        say(&format!("beside a backlog of {} events, of which {left} are left: {times}", plan.backlog));
        progress.ends().await?;
    }
    // Last: a projector that was stopped reads back the slices of what comes in, and this leaves millions of events in them.
    throughput::measure(stack, &progress, plan.lasts, say).await?;
    say(&format!("a projector that was away: {}", away::measure(stack).await?));
    Ok(())
}
