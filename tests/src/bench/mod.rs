//! Events from Kafka into ClickHouse: the projector against ClickHouse's own Kafka engine, on the same machine, broker
//! and engine, in the same run, over the same events.
//!
//! ```text
//! traffic     the season's events on a topic each: as edges publish them, and as the Kafka engine can read them
//! flat        the event as one record of 26 fields
//! whole       the event as one record with everything that the read models need
//! registry    the schema registry the Kafka engine asks
//! peer        the Kafka engine with materialized views: four of them, or all
//! gate        holds its consumers back until all are there
//! ours        the projector, as a process of its own
//! exact       whether its tables are exactly what the events say
//! sums        what their counters add up to
//! limit       its inserts, recorded and sent again by a client that does nothing else
//! consume     librdkafka reading and nothing else
//! committed   when a contestant is done
//! contestant  who is measured
//! engine      ClickHouse with a setting that the peer may gain by
//! usage, report
//! ```
//!
//! Everybody is measured from the moment Kafka gave them their partitions until the last offset is committed, which all
//! do after their rows are in the tables. Of several consumers each has partitions by then, and none had any before: the
//! first would else read on its own before the clock starts, and then wait within its time while Kafka makes room for the
//! second. Contestants take turns, a run each.

mod committed;
mod consume;
mod contestant;
pub mod engine;
mod exact;
mod flat;
mod gate;
mod limit;
mod ours;
mod peer;
mod registry;
mod report;
mod sums;
mod traffic;
mod usage;
mod whole;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;

use crate::clickhouse::ClickHouse;
use crate::page;
use crate::process::{self, Stopped};
use crate::program;
use crate::stack::Stack;
use contestant::Contestant;
use exact::Sample;
pub use peer::Format;
use registry::Registry;
use report::Row;
use sums::Sums;
use traffic::{Published, Traffic};
use usage::{Taken, Watched};

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// About how many distinct events.
    pub events: u64,
    /// How often everybody runs.
    pub repeats: usize,
    /// In which formats the peer reads events; none has it not run.
    pub formats: Vec<Format>,
    /// After how long at most the Kafka engine ends a block, in milliseconds; the engine's default when absent.
    pub peer_flush_ms: Option<u64>,
    /// Whether ClickHouse writes materialized views in parallel.
    pub has_parallel_views: bool,
    /// Whether the projector's inserts are recorded and sent again; they are held in memory meanwhile.
    pub with_limit: bool,
    /// The page that is to keep the figures.
    pub page: Option<PathBuf>,
    /// A projector's executable of another build, to compare; this build's when absent.
    pub projector: Option<PathBuf>,
}

/// The machine as every contestant finds it.
struct Place<'s> {
    stack: &'s Stack,
    clickhouse: ClickHouse,
    bootstrap: String,
    registry: Registry,
    published: Published,
    collections: usize,
    sample: Sample,
    sums: Sums,
    projector: Option<PathBuf>,
    peer_flush_ms: Option<u64>,
    has_parallel_views: bool,
    timeout: Duration,
}

/// What one run of a contestant came to.
#[derive(Debug, Clone, Copy, Default)]
struct Outcome {
    taken: Taken,
    written: Written,
    /// Bytes on disk once all parts are merged.
    bytes_at_rest: u64,
    /// The most memory that the process that moves the events held, in bytes; 0 when that is ClickHouse's.
    memory_max: u64,
}

/// What a contestant had written when its clock stopped.
#[derive(Debug, Clone, Copy, Default)]
struct Written {
    /// Rows written by inserts, views included; 0 when it writes none.
    rows: u64,
    /// Active parts.
    parts: u64,
}

impl Written {
    /// In a database, since ClickHouse had written `rows_before`.
    async fn of(clickhouse: &ClickHouse, database: &str, rows_before: u64) -> anyhow::Result<Self> {
        // First, for merges go on.
        let parts = clickhouse.parts(database).await?;
        Ok(Self { rows: clickhouse.inserted_rows().await? - rows_before, parts })
    }
}

/// Publishes the events on a stack of its own and has everybody read them; the table of results.
///
/// # Errors
/// The stack did not start, somebody was not done in time, or the projector's tables are not what the events say.
pub async fn run(executable: &Path, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<String> {
    let variables: &[_] = if plan.has_parallel_views { &[(engine::PARALLEL_VIEWS, "1")] } else { &[] };
    program::with_stack_told(executable, variables, async |stack| measure(stack, plan, say).await).await
}

async fn measure(stack: &Stack, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<String> {
    let children = process::children_of(stack.process_id())?;
    let watched = Watched::of(&children)?;
    // It would read what is published and take a share of the machine.
    let _idle = Stopped::child_of(stack.process_id(), "projector")?;
    let place = prepare(stack, &plan, say).await?;
    let contestants = Contestant::all(&plan, &place, watched).await?;
    let mut rows: Vec<Row> = contestants.iter().map(|one| Row::new(one.name(), one.peer())).collect();
    // In turn: what the machine has to do besides, and how warm it is, changes within minutes.
    for run in 0..plan.repeats {
        for (contestant, row) in contestants.iter().zip(&mut rows) {
            row.outcomes.push(contestant.run(&place, watched, run).await?);
            told(&place, row, say);
        }
    }
    let figures = format!("{}\n\n{}", report::circumstances(&place, plan.repeats).await?, report::table(&place, &rows));
    if let Some(page) = &plan.page {
        page::write(page, "bench", &figures)?;
    }
    Ok(figures)
}

async fn prepare<'s>(stack: &'s Stack, plan: &Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<Place<'s>> {
    let bootstrap = stack.addresses.kafka_bootstrap.clone();
    traffic::create_topics(&bootstrap).await?;
    let traffic = Traffic::new(plan.events, loupe_service::clock::now());
    say(&format!("publishing {} events", plan.events));
    let (published, sizes) = tokio::task::block_in_place(|| traffic.publish(&bootstrap, &plan.formats))?;
    let sample = tokio::task::block_in_place(|| exact::sample(traffic, &sizes))?;
    let sums = tokio::task::block_in_place(|| Sums::of(traffic.events()));
    let place = Place {
        stack,
        clickhouse: ClickHouse::new(&stack.addresses.clickhouse_url),
        bootstrap,
        registry: Registry::start([(registry::FLAT_ID, flat::schema()), (registry::WHOLE_ID, whole::schema())]).await?,
        published,
        collections: sizes.len(),
        sample,
        sums,
        projector: plan.projector.clone(),
        peer_flush_ms: plan.peer_flush_ms,
        has_parallel_views: plan.has_parallel_views,
        // The slowest contestant that is of any interest takes a tenth of a millisecond an event.
        timeout: Duration::from_secs(120) + Duration::from_micros(100 * plan.events),
    };
    ensure!(place.published.records > place.published.distinct, "there are no copies: publish more events");
    say(&report::published(&place));
    Ok(place)
}

fn told(place: &Place<'_>, row: &Row, say: &(dyn Fn(&str) + Sync)) {
    if let Some(last) = row.outcomes.last() {
        let rate = place.published.records as f64 / last.taken.seconds;
        say(&format!("{}: {rate:.0} events/s, {:.1} s", row.name, last.taken.seconds));
    }
}
