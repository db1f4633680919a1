//! The real thing under fire: a stack under load whose processes are killed and stopped at random, compared with the
//! set of events it acknowledged.
//!
//! ```text
//! load    edges that publish until they are answered
//! proxy   a connection to ClickHouse that is cut, delayed and swallowed
//! faults  what goes wrong, by a seed
//! verify  every table against the fold of the events, every list against that of a calm projector
//! ```

mod faults;
mod load;
mod proxy;
mod verify;

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use loupe_local::demo::Generator;

use crate::client::Client;
use crate::program;
use crate::stack::Stack;
use faults::Faults;
use load::Load;

pub use faults::Tally;

/// What to do.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many processes are killed.
    pub kills: u32,
    /// Decides what is killed, stopped and cut, and when; the machine decides the rest.
    pub seed: u64,
    /// About how many distinct events are published meanwhile.
    pub events: u64,
}

/// What came of it: nothing was missing and nothing extra, or there would be an error.
#[derive(Debug)]
pub struct Report {
    /// What went wrong on purpose.
    pub faults: Tally,
    /// Kills while every edge published.
    pub kills_under_load: u32,
    /// Distinct events that were acknowledged.
    pub events: usize,
    /// Requests that had to be repeated.
    pub retries: u64,
    /// Rows of read models that were compared with the fold of the events.
    pub rows: usize,
    /// Answers of endpoints that were compared with those of a calm projector.
    pub answers: usize,
}

/// Runs a plan on a stack of its own.
///
/// # Errors
/// A difference, or a stack that did not come back to its feet.
pub async fn run(executable: &Path, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<Report> {
    let disturbed = program::with_stack(executable, async |stack| disturb(stack, plan, say).await).await;
    disturbed.with_context(|| format!("seed {}", plan.seed))
}

async fn disturb(stack: &Stack, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<Report> {
    // Two days ago: nothing becomes idle between two answers.
    let until = loupe_service::clock::now() - chrono::Duration::days(2);
    let events: Vec<_> = Generator::new(until, plan.events, plan.seed).collect();
    say(&format!("publishing {} events under {} kills, seed {}", events.len(), plan.kills, plan.seed));
    let mut faults = Faults::new(stack, plan.seed).await?;
    let load = Load::start(Client::new(stack), &events, plan.seed, plan.kills);
    let mut kills_under_load = 0;
    while faults.tally.kills < plan.kills {
        let (before, is_loaded) = (faults.tally.kills, load.is_at_work());
        faults.one(say).await?;
        let kills = faults.tally.kills - before;
        kills_under_load += if is_loaded && load.is_at_work() { kills } else { 0 };
        load.killed(faults.tally.kills);
    }
    let tally = faults.calm().await?;
    say("calm; waiting for what is not published yet");
    let (client, retries) = load.finish().await?;
    say("comparing every table and every list");
    let rows = verify::tables(stack, &client, &events).await?;
    let answers = verify::answers(stack, &client, &events).await?;
    let panics = stack.panics()?;
    anyhow::ensure!(panics.is_empty(), "{panics:?}");
    Ok(Report { faults: tally, kills_under_load, events: events.len(), retries, rows, answers })
}

/// How long everything may take to come back once nothing goes wrong any more.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(180);
