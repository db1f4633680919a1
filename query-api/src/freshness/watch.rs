//! What readers see of the log, as metrics: how long canaries took, and when each edge was last heard of.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use loupe_service::clock;
use tokio_util::sync::CancellationToken;

use super::{NODES, RECENT_US};
use crate::json::{Row, number, of, text};
use crate::position::Positions;
use crate::store::Store;

/// Where there are no canaries it is looked this often whether there are by now; the same for edges.
const LOOK_INTERVAL: Duration = Duration::from_secs(15);

/// When the last canary of each partition was published that is known of, in microseconds.
type Seen = BTreeMap<(String, i64), i64>;

/// Looks for canaries whenever the projection moves on, until `shutdown`.
pub(crate) async fn follow_canaries(store: Store, mut positions: Positions, shutdown: CancellationToken) {
    let mut seen = Seen::new();
    let mut looked: Option<Instant> = None;
    while shutdown.run_until_cancelled(positions.moved_some_time()).await == Some(true) {
        if seen.is_empty() && looked.is_some_and(|at| at.elapsed() < LOOK_INTERVAL) {
            continue;
        }
        let is_first = looked.replace(Instant::now()).is_none();
        let Some(served) = of_served(&store, &positions) else { continue };
        match served.operations(include_str!("canaries.sql"), 0, 0).await {
            Ok(rows) => {
                for row in &rows {
                    let partition = of(row, "partition").as_i64().unwrap_or(0);
                    let published_at = of(row, "published_at").as_i64().unwrap_or(0);
                    see(&mut seen, text(row, "topic"), partition, published_at, is_first);
                }
            }
            Err(error) => tracing::debug!(%error, "canaries cannot be read"),
        }
    }
}

/// The tables that are served, once that is known.
fn of_served(store: &Store, positions: &Positions) -> Option<Store> {
    positions.known().ok().map(|now| store.of(&now.served.database))
}

/// Takes note of the last canary of a partition. One that was there before this process looked tells nothing of how long it
/// took.
fn see(seen: &mut Seen, topic: &str, partition: i64, published_at: i64, is_first: bool) {
    let known = seen.insert((topic.to_owned(), partition), published_at);
    if known.is_some_and(|known| known >= published_at) {
        return;
    }
    let labels = [("topic", topic.to_owned()), ("partition", partition.to_string())];
    metrics::gauge!("loupe_query_canary_timestamp_seconds", &labels).set(published_at as f64 / 1e6);
    if !is_first {
        let seconds = (clock::now_micros() - published_at).max(0) as f64 / 1e6;
        metrics::histogram!("loupe_query_freshness_seconds").record(seconds);
    }
}

/// Says every so often when each edge of the last week was last heard of, until `shutdown`.
pub(crate) async fn follow_edges(store: Store, mut positions: Positions, shutdown: CancellationToken) {
    let mut lacking = BTreeSet::new();
    loop {
        let Some(served) = of_served(&store, &positions) else {
            if shutdown.run_until_cancelled(positions.moved_some_time()).await != Some(true) {
                return;
            }
            continue;
        };
        match served.operations(NODES, clock::now_micros(), RECENT_US).await {
            Ok(nodes) => lacking = tell(&nodes, &lacking),
            Err(error) => tracing::debug!(%error, "edges cannot be read"),
        }
        if shutdown.run_until_cancelled(tokio::time::sleep(LOOK_INTERVAL)).await.is_none() {
            return;
        }
    }
}

/// Says of each edge when it was last heard of and how much of it is missing, and returns those of which something is. One
/// that lacked something and is not among `nodes` any more has had it all since.
fn tell(nodes: &[Row], lacked: &BTreeSet<String>) -> BTreeSet<String> {
    let missing_of = |node: &str| metrics::gauge!("loupe_query_edge_missing_events", "node" => node.to_owned());
    let mut lacking = BTreeSet::new();
    for row in nodes {
        let (node, missing) = (text(row, "node"), number(row, "missing"));
        let last_at = of(row, "last_at").as_i64().unwrap_or(0);
        metrics::gauge!("loupe_query_edge_last_event_timestamp_seconds", "node" => node.to_owned())
            .set(last_at as f64 / 1e6);
        missing_of(node).set(missing as f64);
        if missing > 0 {
            lacking.insert(node.to_owned());
        }
    }
    for node in lacked.difference(&lacking) {
        missing_of(node).set(0.0);
    }
    lacking
}
