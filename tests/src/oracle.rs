//! What the tables must hold: the fold of the events, worked out at once.

use std::time::{Duration, Instant};

use anyhow::ensure;
use loupe_projector::fold::lattice::{Table, Tables};
use loupe_projector::fold::recompute::{recompute, without_erased};
use loupe_projector::store::{Scope, Store};
use loupe_schemas::Event;

use crate::PATIENCE;
use crate::stack::Stack;

/// How many differences are shown.
const SHOWN: usize = 3;

/// A database of a stack.
///
/// # Errors
/// The stack's addresses are no configuration of a projector.
pub fn store(stack: &Stack, database: &str) -> anyhow::Result<Store> {
    let config = serde_json::json!({
        "kafka_bootstrap": stack.addresses.kafka_bootstrap,
        "clickhouse_url": stack.addresses.clickhouse_url,
        "database": database,
    });
    Ok(Store::new(&serde_json::from_value(config)?))
}

/// Waits until nobody is left to be erased from a database that a projector writes.
///
/// # Errors
/// Somebody is after [`PATIENCE`], or the database cannot be asked.
pub async fn erased(store: &Store) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let orders = store.erasure_orders().await?;
        if orders.is_empty() {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "nobody erases {orders:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Compares the tables of this scope with the fold of its events, each with its payload, without whom they erase; what was
/// found.
///
/// # Errors
/// They differ, which says where, or cannot be read.
pub async fn same_tables(store: &Store, scope: Scope, events: &[(Event, Vec<u8>)]) -> anyhow::Result<Tables> {
    let found = store.tables(scope).await?;
    let events = without_erased(events.to_vec());
    let mut expected = recompute(events.iter().map(|(event, payload)| (event, payload.as_slice())));
    // They belong to no account.
    expected.edge_sequences = Table::default();
    let differences = expected.differences(&found, SHOWN);
    let shown: Vec<_> = differences.iter().map(|one| (one.table, &one.key, one.fields())).collect();
    ensure!(differences.is_empty(), "{scope:?}, expected ≠ found: {shown:#?}");
    Ok(found)
}
