//! `GET /freshness`: how far the projection is, partition by partition, and what of each edge never arrived.
//!
//! It tells "no downloads" from "edge silent". Scope `analytics:read`; it shows machines, no account's data.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::http::HeaderMap;
use loupe_schemas::Micros;
use loupe_service::clock;
use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde_json::{Value, json};

use crate::ask::{App, admit};
use crate::json::{Row, at, number, of, text, time};
use crate::trace::Trace;

/// A run of an edge is shown this long after its last event, and for good when events of it are missing.
const RECENT_US: i64 = 7 * 86_400_000_000;
/// Bits of a row of `edge_sequences`.
const CHUNK: u64 = 64;
/// Ranges shown of each run.
const RANGES_MAX: usize = 20;

/// Answers the request.
pub(crate) async fn freshness(app: App, headers: HeaderMap, trace: Arc<Trace>) -> Result<Json<Value>, Problem> {
    let principal = admit(&app, &headers, &trace, Scope::AnalyticsRead)?;
    trace.is_asked_by(principal.accounts.only().unwrap_or(0), &principal.key_id);
    let as_of = clock::now_micros();
    let position = app.store.position().await?;
    let partitions = app.store.operations(include_str!("partitions.sql"), as_of, RECENT_US).await?;
    let edges = app.store.operations(include_str!("edges.sql"), as_of, RECENT_US).await?;
    let holes = app.store.operations(include_str!("holes.sql"), as_of, RECENT_US).await?;
    let ranges = ranges(&holes);
    let sum = |column: &str| partitions.iter().map(|row| number(row, column)).sum::<u64>();
    let observed_at = partitions.iter().filter_map(|row| of(row, "observed_at").as_i64()).min();
    let oldest = partitions.iter().filter_map(|row| of(row, "waiting_since").as_i64()).min();
    Ok(Json(json!({
        "as_of": time(Some(as_of)),
        "position": position.to_string(),
        "observed_at": time(observed_at),
        "unaccounted_offsets": sum("unaccounted_offsets"),
        "lag_records": sum("lag_records"),
        "oldest_uncommitted_at": time(oldest),
        "oldest_uncommitted_seconds": oldest.map(|oldest| (as_of - oldest).max(0) as f64 / 1e6),
        "seconds_to_drain": seconds_to_drain(&partitions),
        "partitions": partitions.iter().map(partition).collect::<Vec<_>>(),
        "edges": edges.iter().map(|run| edge(run, &ranges)).collect::<Vec<_>>(),
    })))
}

/// At the pace of the last few seconds; null while something waits and nothing moves.
fn seconds_to_drain(partitions: &[Row]) -> Value {
    let lag: u64 = partitions.iter().map(|row| number(row, "lag_records")).sum();
    let pace: f64 = partitions.iter().filter_map(|row| of(row, "records_per_second").as_f64()).sum();
    match lag {
        0 => json!(0.0),
        _ if pace > 0.0 => json!((lag as f64 / pace * 10.0).round() / 10.0),
        _ => Value::Null,
    }
}

fn partition(row: &Row) -> Value {
    json!({
        "topic": of(row, "topic"),
        "partition": of(row, "partition"),
        "first_offset": of(row, "first_offset"),
        "next_offset": of(row, "next_offset"),
        "end_offset": of(row, "end_offset"),
        "lag_records": of(row, "lag_records"),
        "waiting_since": at(row, "waiting_since"),
        "records_per_second": of(row, "records_per_second"),
        "unaccounted_offsets": of(row, "unaccounted_offsets"),
        "observed_at": at(row, "observed_at"),
    })
}

type Run = (String, String);

fn edge(run: &Row, ranges: &BTreeMap<Run, Vec<(u64, u64)>>) -> Value {
    let name = (text(run, "node").to_owned(), text(run, "boot_id").to_owned());
    let (missing, complete_to) = (number(run, "missing"), of(run, "complete_to").as_i64());
    let empty = Vec::new();
    let ranges = ranges.get(&name).unwrap_or(&empty);
    let shown: Vec<_> = ranges.iter().take(RANGES_MAX).map(|(first, last)| json!([first, last])).collect();
    json!({
        "node": name.0,
        "boot_id": name.1,
        "arrived": of(run, "arrived"),
        "missing": missing,
        "missing_ranges": shown,
        "missing_ranges_truncated": ranges.len() > RANGES_MAX,
        "complete_to": time(complete_to),
        "last_at": at(run, "last_at"),
        "summary": summary(&name.0, missing, complete_to),
    })
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
        assert_eq!(seconds_to_drain(&[row(0, 0.0)]), json!(0.0));
        assert_eq!(seconds_to_drain(&[row(10, 2.0), row(20, 1.0)]), json!(10.0));
        assert_eq!(seconds_to_drain(&[row(10, 0.0)]), Value::Null);
    }
}
