//! `GET /freshness`: how far the projection is, partition by partition, and what of each edge never arrived.
//!
//! It tells "no downloads" from "edge silent". Scope `analytics:read`; it shows machines, no account's data.

pub(crate) mod watch;

use std::collections::BTreeMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use loupe_schemas::Micros;
use loupe_service::clock;
use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::ask::{App, Incoming, admit};
use crate::json::{Row, number, of, printed, text, time_of};
use crate::parameters::takes_none;

/// A statement over the runs of edges.
macro_rules! over_runs {
    ($part:expr) => {
        concat!(include_str!("runs.sql"), include_str!($part))
    };
}

const EDGES: &str = over_runs!("edges.sql");
const NODES: &str = over_runs!("nodes.sql");
/// A run of an edge is shown this long after its last event, and for good when events of it are missing.
const RECENT_US: i64 = 7 * 86_400_000_000;
/// Bits of a row of `edge_sequences`.
const CHUNK: u64 = 64;
/// Ranges shown of each run.
const RANGES_MAX: usize = 20;

/// Answers the request.
pub(crate) async fn freshness(app: App, incoming: Incoming) -> Result<Response, Problem> {
    let Incoming { uri, headers, trace, .. } = incoming;
    let principal = admit(&app, &headers, &trace, Scope::AnalyticsRead)?;
    takes_none(&uri)?;
    // It is of no account, but asked by one; all that act for several count as one.
    let account = principal.accounts.only().unwrap_or(0);
    trace.is_asked_by(account, &principal.key_id);
    let as_of = clock::now_micros();
    let store = app.store.of(&app.positions.now().await?.served.database).asked_by(&app.limits, &trace, account);
    let position = store.position().await?;
    let partitions = store.operations(include_str!("partitions.sql"), as_of, RECENT_US).await?;
    let edges = store.operations(EDGES, as_of, RECENT_US).await?;
    let holes = store.operations(include_str!("holes.sql"), as_of, RECENT_US).await?;
    let ranges = ranges(&holes);
    let sum = |column: &str| partitions.iter().map(|row| number(row, column)).sum::<u64>();
    let instant = |row: &Row, column: &str| row.get(column).and_then(Value::as_i64);
    let oldest = partitions.iter().filter_map(|row| instant(row, "waiting_since")).min();
    let freshness = Freshness {
        as_of: printed(as_of),
        position: position.to_string(),
        observed_at: partitions.iter().filter_map(|row| instant(row, "observed_at")).min().map(printed),
        unaccounted_offsets: sum("unaccounted_offsets"),
        lag_records: sum("lag_records"),
        oldest_uncommitted_at: oldest.map(printed),
        oldest_uncommitted_seconds: oldest.map(|oldest| (as_of - oldest).max(0) as f64 / 1e6),
        seconds_to_drain: seconds_to_drain(&partitions),
        partitions: partitions.iter().map(partition).collect(),
        edges: edges.iter().map(|run| edge(run, &ranges)).collect(),
    };
    Ok(Json(freshness).into_response())
}

/// How far the projection is, partition by partition, and what of each edge never arrived.
#[derive(Serialize, ToSchema)]
pub(crate) struct Freshness {
    #[schema(format = DateTime)]
    as_of: String,
    /// The position in the log that all numbers include at least (rule 101).
    #[schema(example = "c0:875.e0:27712")]
    position: String,
    /// When projectors last looked at the log; the oldest of all partitions.
    #[schema(format = DateTime)]
    observed_at: Option<String>,
    /// Offsets that no range of the ledger names; 0 when nothing is missing.
    unaccounted_offsets: u64,
    /// Records that are in Kafka and not yet in the numbers.
    lag_records: u64,
    /// Since when the oldest of them waits; null when none does.
    #[schema(format = DateTime)]
    oldest_uncommitted_at: Option<String>,
    /// How long the oldest of them has waited.
    oldest_uncommitted_seconds: Option<f64>,
    /// At the pace of the last few seconds; null while something waits and nothing moves.
    seconds_to_drain: Option<f64>,
    partitions: Vec<FreshnessPartition>,
    /// Runs of edges of the last week, and those of which events are missing.
    edges: Vec<FreshnessEdge>,
}

/// A partition of a topic.
#[derive(Serialize, ToSchema)]
struct FreshnessPartition {
    #[schema(example = "gallery.events.v1")]
    topic: String,
    partition: u64,
    /// The oldest offset that Kafka still has.
    first_offset: i64,
    /// The first offset that is not yet in the numbers.
    next_offset: i64,
    /// The offset that the next record will have.
    end_offset: i64,
    lag_records: u64,
    /// Since when its oldest record waits; null when none does.
    #[schema(format = DateTime)]
    waiting_since: Option<String>,
    records_per_second: f64,
    unaccounted_offsets: u64,
    #[schema(format = DateTime)]
    observed_at: Option<String>,
}

/// One run of an edge, from its boot on.
#[derive(Serialize, ToSchema)]
struct FreshnessEdge {
    #[schema(example = "fra-12")]
    node: String,
    #[schema(format = "uuid")]
    boot_id: String,
    /// Events that have arrived, by their sequence numbers.
    arrived: u64,
    /// Events that never arrived although later ones did.
    missing: u64,
    /// First and last sequence number of each range that is missing.
    missing_ranges: Vec<Vec<u64>>,
    /// Whether there are more ranges than are listed.
    missing_ranges_truncated: bool,
    /// The time of the last event before the first that is missing.
    #[schema(format = DateTime)]
    complete_to: Option<String>,
    /// The time of its last event.
    #[schema(format = DateTime)]
    last_at: Option<String>,
    /// The same in words.
    #[schema(example = "fra-12: complete to 2026-05-02T12:04:10.000000Z")]
    summary: String,
}

/// At the pace of the last few seconds; none while something waits and nothing moves.
fn seconds_to_drain(partitions: &[Row]) -> Option<f64> {
    let lag: u64 = partitions.iter().map(|row| number(row, "lag_records")).sum();
    let pace: f64 = partitions.iter().filter_map(|row| of(row, "records_per_second").as_f64()).sum();
    match lag {
        0 => Some(0.0),
        _ if pace > 0.0 => Some((lag as f64 / pace * 10.0).round() / 10.0),
        _ => None,
    }
}

fn partition(row: &Row) -> FreshnessPartition {
    let offset = |column: &str| of(row, column).as_i64().unwrap_or(0);
    FreshnessPartition {
        topic: text(row, "topic").to_owned(),
        partition: number(row, "partition"),
        first_offset: offset("first_offset"),
        next_offset: offset("next_offset"),
        end_offset: offset("end_offset"),
        lag_records: number(row, "lag_records"),
        waiting_since: time_of(row, "waiting_since"),
        records_per_second: of(row, "records_per_second").as_f64().unwrap_or(0.0),
        unaccounted_offsets: number(row, "unaccounted_offsets"),
        observed_at: time_of(row, "observed_at"),
    }
}

type Run = (String, String);

fn edge(run: &Row, ranges: &BTreeMap<Run, Vec<(u64, u64)>>) -> FreshnessEdge {
    let (node, boot_id) = (text(run, "node").to_owned(), text(run, "boot_id").to_owned());
    let (missing, complete_to) = (number(run, "missing"), of(run, "complete_to").as_i64());
    let empty = Vec::new();
    let ranges = ranges.get(&(node.clone(), boot_id.clone())).unwrap_or(&empty);
    FreshnessEdge {
        summary: summary(&node, missing, complete_to),
        node,
        boot_id,
        arrived: number(run, "arrived"),
        missing,
        missing_ranges: ranges.iter().take(RANGES_MAX).map(|(first, last)| vec![*first, *last]).collect(),
        missing_ranges_truncated: ranges.len() > RANGES_MAX,
        complete_to: complete_to.map(printed),
        last_at: time_of(run, "last_at"),
    }
}

fn summary(node: &str, missing: u64, complete_to: Option<i64>) -> String {
    match (missing, complete_to) {
        (0, Some(at)) => format!("{node}: complete to {}", Micros(at)),
        (0, None) => format!("{node}: nothing arrived"),
        (missing, Some(at)) => format!("{node}: {missing} missing, complete to {}", Micros(at)),
        (missing, None) => format!("{node}: {missing} missing from its start"),
    }
}

/// The sequence numbers that never arrived, as ranges with both ends included, by run.
fn ranges(holes: &[Row]) -> BTreeMap<Run, Vec<(u64, u64)>> {
    let mut runs: BTreeMap<Run, Vec<(u64, u64)>> = BTreeMap::new();
    for row in holes {
        let run = runs.entry((text(row, "node").to_owned(), text(row, "boot_id").to_owned())).or_default();
        let chunk = number(row, "chunk");
        let next_expected = u64::try_from(of(row, "previous").as_i64().unwrap_or(-1) + 1).unwrap_or(0);
        if next_expected < chunk {
            add(run, next_expected * CHUNK, chunk * CHUNK - 1);
        }
        let bits: u64 = text(row, "arrived").parse().unwrap_or(0);
        let end = if number(row, "is_last") == 1 { CHUNK - u64::from(bits.leading_zeros()) } else { CHUNK };
        for bit in (0..end).filter(|bit| bits >> bit & 1 == 0) {
            add(run, chunk * CHUNK + bit, chunk * CHUNK + bit);
        }
    }
    runs
}

/// Adds a range after all others, joined with the last one where they touch.
fn add(ranges: &mut Vec<(u64, u64)>, first: u64, last: u64) {
    match ranges.last_mut() {
        Some(before) if before.1 + 1 == first => before.1 = last,
        _ => ranges.push((first, last)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hole(chunk: u64, previous: i64, is_last: u64, bits: u64) -> Row {
        let row = json!({
            "node": "n", "boot_id": "b", "chunk": chunk, "previous": previous, "is_last": is_last,
            "arrived": bits.to_string(),
        });
        let Value::Object(row) = row else { unreachable!("an object") };
        row
    }

    #[test]
    fn missing_numbers_are_ranges_that_join_across_rows() {
        let rows = [hole(1, -1, 0, u64::MAX ^ 1), hole(3, 1, 1, 0b1_0101)];
        let found = &ranges(&rows)[&("n".to_owned(), "b".to_owned())];
        assert_eq!(found, &[(0, 64), (128, 191), (193, 193), (195, 195)]);
    }

    #[test]
    fn the_time_to_drain_is_unknown_while_nothing_moves() {
        let row = |lag: u64, pace: f64| {
            let Value::Object(row) = json!({"lag_records": lag, "records_per_second": pace}) else { unreachable!() };
            row
        };
        assert_eq!(seconds_to_drain(&[row(0, 0.0)]), Some(0.0));
        assert_eq!(seconds_to_drain(&[row(10, 2.0), row(20, 1.0)]), Some(10.0));
        assert_eq!(seconds_to_drain(&[row(10, 0.0)]), None);
    }
}
