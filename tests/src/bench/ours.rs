//! Loupe's projector as it ships, as a process of its own, into a fresh database.

use std::time::{Duration, Instant};

use anyhow::ensure;
use loupe_schemas::topics;

use super::committed::Committed;
use super::usage::{Measurement, Watched};
use super::{Outcome, Place, Written, exact};
use crate::process;
use crate::service::Service;

/// The database of the last run, which stays for whoever looks at it next.
pub(super) const DATABASE: &str = "bench_loupe";

const POLL_INTERVAL: Duration = Duration::from_millis(5);
const ASSIGNMENT_TIMEOUT: Duration = Duration::from_secs(60);
const MEMORY_INTERVAL: Duration = Duration::from_millis(100);

/// Has the projector read every record into a fresh database, by way of `clickhouse_url`, and checks what it wrote.
pub(super) async fn run(
    place: &Place<'_>,
    watched: Watched,
    run: &str,
    clickhouse_url: &str,
) -> anyhow::Result<Outcome> {
    place.clickhouse.put_aside(DATABASE).await?;
    let group = format!("bench-{run}");
    let committed = Committed::of(&place.bootstrap, &group, topics::EVENTS.name)?;
    let rows_before = place.clickhouse.inserted_rows().await?;
    let projector = start(place, &group, clickhouse_url)?;
    assigned(&projector).await?;
    let measurement = Measurement::start(watched.with(projector.process_id()))?;
    let watching = tokio::spawn(watch_memory(projector.process_id()));
    committed.reaches(place.published.records, place.timeout).await?;
    let taken = measurement.stop()?;
    let written = Written::of(&place.clickhouse, DATABASE, rows_before).await?;
    drop(projector);
    let memory_max = watching.await?;
    exact::check(place, DATABASE).await?;
    let bytes_at_rest = place.clickhouse.bytes_at_rest(DATABASE).await?;
    Ok(Outcome { taken, written, bytes_at_rest, memory_max })
}

fn start(place: &Place<'_>, group: &str, clickhouse_url: &str) -> anyhow::Result<Service> {
    // No audits: the peer has none either.
    let settings = [("AUDIT_INTERVAL_S", "0")];
    Service::projector_with(place.stack, group, DATABASE, clickhouse_url, &settings, place.projector.as_deref())
}

/// Waits until Kafka gave the projector its partitions.
async fn assigned(projector: &Service) -> anyhow::Result<()> {
    let deadline = Instant::now() + ASSIGNMENT_TIMEOUT;
    // It does not listen yet at first.
    while !projector.counter("loupe_projector_partitions").await.is_ok_and(|partitions| partitions > 0.0) {
        ensure!(Instant::now() < deadline, "the projector was assigned nothing in time");
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Ok(())
}

/// The most memory a process holds until it ends, in bytes.
async fn watch_memory(id: u32) -> u64 {
    let mut most = 0;
    while let Ok(bytes) = process::resident_bytes(id) {
        most = most.max(bytes);
        tokio::time::sleep(MEMORY_INTERVAL).await;
    }
    most
}
