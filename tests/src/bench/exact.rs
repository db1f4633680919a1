//! Whether the tables are exactly what the events say: a bench that lost some would be fast.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::ensure;
use loupe_projector::store::Scope;
use loupe_schemas::Event;
use loupe_schemas::avro::codec::{Encoder, Framing};

use super::Place;
use super::traffic::Traffic;
use crate::oracle;

/// About how many events the collections have that are compared row by row.
const COMPARED_MAX: u64 = 300_000;

/// Counts every event and the counters of every collection, and compares all tables of some collections with the fold of
/// their events.
pub(super) async fn check(place: &Place<'_>, database: &str) -> anyhow::Result<()> {
    let clickhouse = &place.clickhouse;
    let distinct = clickhouse.number(&format!("SELECT count() FROM {database}.events FINAL")).await?;
    ensure!(distinct == place.published.distinct, "{distinct} of {} events", place.published.distinct);
    let copies = clickhouse.number(&format!("SELECT sum(duplicate) FROM {database}.ledger FINAL")).await?;
    let published = place.published.records - place.published.distinct;
    ensure!(copies == published, "{copies} of {published} copies were recognised");
    place.sums.check(clickhouse, database).await?;
    let store = oracle::store(place.stack, database)?;
    for ((account_id, collection_id), events) in &place.sample {
        let scope = Scope { account_id: *account_id, collection_id: Some(*collection_id) };
        oracle::same_tables(&store, scope, events).await?;
    }
    Ok(())
}

/// Events of some collections of accounts, with their payloads.
pub(super) type Sample = BTreeMap<(u64, u64), Vec<(Event, Vec<u8>)>>;

/// The events of the smaller of the collections of these sizes, with their payloads; of one at least.
pub(super) fn sample(traffic: Traffic, sizes: &HashMap<u64, u64>) -> anyhow::Result<Sample> {
    let mut by_size: Vec<_> = sizes.iter().map(|(collection, size)| (*size, *collection)).collect();
    by_size.sort_unstable();
    let mut drawn = HashSet::new();
    let mut events = 0;
    for (size, collection) in by_size {
        events += size;
        if events > COMPARED_MAX && !drawn.is_empty() {
            break;
        }
        drawn.insert(collection);
    }
    let encoder = Encoder::new(Framing::SingleObject);
    let mut sample = Sample::new();
    for event in traffic.events() {
        let Some(collection) = event.head.collection_id.filter(|id| drawn.contains(&id.0)) else { continue };
        let mut payload = Vec::new();
        encoder.encode(&event, &mut payload)?;
        sample.entry((event.head.account_id.0, collection.0)).or_default().push((event, payload));
    }
    ensure!(!sample.is_empty(), "no collection was drawn");
    Ok(sample)
}
