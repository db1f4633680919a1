//! Every table against the fold of the events, every answer against that of a calm projector over the same log.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::time::Instant;

use anyhow::{Context, ensure};
use loupe_projector::store::Scope;
use loupe_schemas::Event;
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::position::Position;
use serde_json::Value;

use super::RECOVERY_TIMEOUT;
use crate::client::Client;
use crate::oracle;
use crate::service::Service;
use crate::stack::Stack;

const SCOPES: &str = "downloads:read,favorites:read,links:read,links:secret,clients:pii,analytics:read";
const DATABASE: &str = "loupe_v1";
const CALM: &str = "loupe_calm";
const LISTS: [&str; 7] = [
    "photo_downloads",
    "gallery_video_downloads",
    "downloads/",
    "photo_sharing_links",
    "favorites?state=all",
    "analytics/popular",
    "clients",
];
const REPORTS: [&str; 3] = ["analytics", "analytics/timeseries", "analytics/timeseries?metric=views&tz=Asia/Kathmandu"];
const OF_ACCOUNT: [&str; 5] = [
    "/photos/starred?limit=1000",
    "/analytics/collections?limit=1000",
    "/insights/store_candidates?limit=1000",
    "/analytics/portfolio",
    "/insights/content",
];

/// Compares the tables of every account with the fold of its events; how many rows that were.
pub(super) async fn tables(stack: &Stack, client: &Client, events: &[Event]) -> anyhow::Result<usize> {
    reached(client, stack, &client.position).await?;
    let store = oracle::store(stack, DATABASE)?;
    oracle::erased(&store).await?;
    let encoder = Encoder::new(Framing::SingleObject);
    let mut by_account: BTreeMap<u64, Vec<(Event, Vec<u8>)>> = BTreeMap::new();
    for event in events {
        let mut payload = Vec::new();
        // A deletion travels as a tombstone, without a payload (rule 94).
        if !event.fact.event_type().is_deletion() {
            encoder.encode(event, &mut payload).context("an event has a record")?;
        }
        by_account.entry(event.head.account_id.0).or_default().push((event.clone(), payload));
    }
    let mut rows = 0;
    for (account_id, events) in by_account {
        let found = oracle::same_tables(&store, Scope { account_id, collection_id: None }, &events).await?;
        let places: BTreeSet<_> = found.events.rows().map(|row| (row.collection_id, row.log_offset)).collect();
        let are_placed = places.len() == found.events.rows().count() && places.iter().all(|(_, offset)| *offset >= 0);
        ensure!(are_placed, "account {account_id}: events without an offset of their own");
        rows += found.shown_rows();
    }
    let unaccounted: i64 = store.ledger().await?.values().map(|state| state.first_offset + state.missing).sum();
    ensure!(unaccounted == 0, "{unaccounted} offsets are in no range of the ledger");
    Ok(rows)
}

/// Waits until everything the edges published is projected.
async fn reached(client: &Client, stack: &Stack, wanted: &Position) -> anyhow::Result<()> {
    let deadline = Instant::now() + RECOVERY_TIMEOUT;
    loop {
        let projected = client.ask(&stack.addresses.keys.owner, "/freshness").await?.json;
        let position = projected["position"].as_str().and_then(|text| text.parse().ok());
        if position.as_ref().is_some_and(|position: &Position| position.covers(wanted)) {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "{wanted} is not reached: {projected:#}");
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
}

/// Compares every list and report of every collection with that of a projector that reads the same log in peace.
pub(super) async fn answers(stack: &Stack, client: &Client, events: &[Event]) -> anyhow::Result<usize> {
    let mut calm_projector = Service::projector(stack, "calm", CALM)?;
    calm_projector.ready().await?;
    let mut calm_api = Service::query_api(stack, CALM)?;
    calm_api.ready().await?;
    let calm = client.clone().asking(&calm_api.url);
    reached(&calm, stack, &client.position).await?;
    oracle::erased(&oracle::store(stack, CALM)?).await?;
    let collections: BTreeSet<(u64, u64)> =
        events.iter().filter_map(|event| Some((event.head.account_id.0, event.head.collection_id?.0))).collect();
    let mut answers = 0;
    let mut keys: BTreeMap<u64, String> = BTreeMap::new();
    for (account, collection) in collections {
        let key = match keys.entry(account) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let key = stack.key(account, SCOPES)?;
                for path in OF_ACCOUNT {
                    same(client, &calm, &key, path).await?;
                    answers += 1;
                }
                new.insert(key)
            }
        };
        for list in LISTS {
            let joined = if list.contains('?') { '&' } else { '?' };
            same(client, &calm, key, &format!("/collections/{collection}/{list}{joined}limit=1000")).await?;
            answers += 1;
        }
        for report in REPORTS {
            same(client, &calm, key, &format!("/collections/{collection}/{report}")).await?;
            answers += 1;
        }
    }
    Ok(answers)
}

async fn same(disturbed: &Client, calm: &Client, key: &str, path: &str) -> anyhow::Result<()> {
    let (found, expected) = (disturbed.read(key, path).await?.json, calm.read(key, path).await?.json);
    for part in ["data", "summary"] {
        let differing = first_difference(&found[part], &expected[part]);
        ensure!(differing.is_none(), "{path}: {part} differs: {differing:?}");
    }
    ensure!(found["meta"]["total"] == expected["meta"]["total"], "{path}: the totals differ");
    Ok(())
}

fn first_difference(found: &Value, expected: &Value) -> Option<(String, String)> {
    match (found, expected) {
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            left.iter().zip(right).find_map(|(left, right)| first_difference(left, right))
        }
        _ => (found != expected).then(|| (found.to_string(), expected.to_string())),
    }
}
