//! Whether the tables are exactly what the events say: a bench that lost some would be fast.

use std::collections::{BTreeMap, HashSet};

use anyhow::{Context, ensure};
use loupe_projector::fold::lattice::Table;
use loupe_projector::fold::recompute::recompute;
use loupe_projector::store::{Scope, Store};
use loupe_schemas::Event;
use loupe_schemas::avro::codec::{Encoder, Framing};

use super::Place;

/// About how many events the collections have that are compared row by row.
const COMPARED_MAX: u64 = 300_000;

/// Counts every event, and compares all tables of some collections with the fold of their events.
pub(super) async fn check(place: &Place<'_>, database: &str) -> anyhow::Result<()> {
    let clickhouse = &place.clickhouse;
    let distinct = clickhouse.number(&format!("SELECT count() FROM {database}.events FINAL")).await?;
    ensure!(distinct == place.published.distinct, "{distinct} of {} events", place.published.distinct);
    let copies = clickhouse.number(&format!("SELECT sum(duplicate) FROM {database}.ledger FINAL")).await?;
    let published = place.published.records - place.published.distinct;
    ensure!(copies == published, "{copies} of {published} copies were recognised");
    let store = store(place, database)?;
    for ((account_id, collection_id), events) in sample(place, database).await? {
        let found = store.tables(Scope { account_id, collection_id: Some(collection_id) }).await?;
        let mut expected = recompute(events.iter().map(|(event, payload)| (event, payload.as_slice())));
        expected.edge_sequences = Table::default();
        let differences = expected.differences(&found, 3);
        let shown: Vec<_> = differences.iter().map(|one| (one.table, &one.key, one.fields())).collect();
        ensure!(differences.is_empty(), "collection {collection_id}, expected ≠ found: {shown:#?}");
    }
    Ok(())
}

type Sample = BTreeMap<(u64, u64), Vec<(Event, Vec<u8>)>>;

/// The events of the smaller collections, with their payloads; of one at least.
async fn sample(place: &Place<'_>, database: &str) -> anyhow::Result<Sample> {
    let sizes =
        format!("SELECT collection_id, count() AS events FROM {database}.events FINAL GROUP BY ALL ORDER BY events");
    let mut drawn = HashSet::new();
    let mut events = 0;
    for line in place.clickhouse.ask(&sizes).await?.lines() {
        let (collection, size) = line.split_once('\t').context("a collection and its events")?;
        events += size.parse::<u64>()?;
        if events > COMPARED_MAX && !drawn.is_empty() {
            break;
        }
        drawn.insert(collection.parse::<u64>()?);
    }
    let encoder = Encoder::new(Framing::SingleObject);
    let mut sample = Sample::new();
    for event in place.traffic.events() {
        let Some(collection) = event.head.collection_id.filter(|id| drawn.contains(&id.0)) else { continue };
        let mut payload = Vec::new();
        encoder.encode(&event, &mut payload)?;
        sample.entry((event.head.account_id.0, collection.0)).or_default().push((event, payload));
    }
    ensure!(!sample.is_empty(), "no collection was drawn");
    Ok(sample)
}

pub(super) fn store(place: &Place<'_>, database: &str) -> anyhow::Result<Store> {
    let config = serde_json::json!({
        "kafka_bootstrap": place.bootstrap, "clickhouse_url": place.clickhouse.url, "database": database,
    });
    Ok(Store::new(&serde_json::from_value(config)?))
}
