//! Plays the demo day once per data directory, however often it is interrupted.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::caught_up;
use crate::demo::{self, Target};
use crate::keys::write_private;
use crate::progress::Progress;
use crate::services::Plan;

const FILE: &str = "demo.json";
const SEED: u64 = 1;

/// The day of a data directory. The same day sent again is the same events, so an interrupted one is begun anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Day {
    events: u64,
    seed: u64,
    /// The day ends at this time.
    now: DateTime<Utc>,
    is_done: bool,
}

/// Plays the day unless it was played, and waits until every event of it is in the tables.
///
/// # Errors
/// Ingest, Kafka or ClickHouse cannot be reached for long, or the day's file cannot be read or written.
pub async fn play(plan: &Plan, events: u64, now: DateTime<Utc>, progress: &Progress) -> anyhow::Result<()> {
    let path = plan.data_dir.join(FILE);
    let day = begun(&path)?.unwrap_or(Day { events, seed: SEED, now, is_done: false });
    if day.is_done {
        progress.line(&format!("  The demo day ({} events, until {}) was played before.", day.events, day.now));
        return Ok(());
    }
    write(&path, &day)?;
    let target = Target { ingest_url: Plan::url(plan.ports.ingest), key: plan.secrets.edge_key.clone() };
    progress.line("Playing a day of gallery traffic over HTTP, as edges send it");
    let sent = AtomicU64::new(0);
    let bar = progress.traffic(day.events);
    let show = |count: u64| {
        bar.set(sent.fetch_max(count, Ordering::Relaxed).max(count));
    };
    let report = demo::play(&target, day.events, day.now, day.seed, &show).await?;
    let rate = bar.rate(report.sent);
    drop(bar);
    progress.line(&format!(
        "✓ {} events sent ({} of them twice), {} accepted, {rate:.0} a second",
        report.sent, report.duplicates, report.accepted
    ));
    let step = progress.step("Folding what is left");
    let show = |left: u64| step.note(&format!("{left} records left"));
    caught_up::wait(&plan.node().bootstrap(), &Plan::url(plan.ports.clickhouse), &show).await?;
    step.done("every event is in the tables");
    write(&path, &Day { is_done: true, ..day })
}

/// Whether the day of a data directory was played to its end.
///
/// # Errors
/// The day's file cannot be read.
pub fn was_played(data_dir: &Path) -> anyhow::Result<bool> {
    Ok(begun(&data_dir.join(FILE))?.is_some_and(|day| day.is_done))
}

fn begun(path: &Path) -> anyhow::Result<Option<Day>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).with_context(|| format!("in {}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn write(path: &Path, day: &Day) -> anyhow::Result<()> {
    write_private(path, &serde_json::to_vec_pretty(day)?).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_once_begun_is_that_day() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        assert_eq!(begun(&path).unwrap(), None);
        let day = Day { events: 7, seed: 1, now: DateTime::from_timestamp(1_777_700_000, 0).unwrap(), is_done: false };
        write(&path, &day).unwrap();
        assert_eq!(begun(&path).unwrap(), Some(day));
        std::fs::write(&path, "{}").unwrap();
        assert!(begun(&path).unwrap_err().to_string().contains(FILE));
    }
}
