//! Which databases there are: `loupe_v1`, `loupe_v2`, …, and which of them were served.

use std::collections::BTreeSet;

use anyhow::{bail, ensure};

use crate::config::FIRST_DATABASE;
use crate::store::{Store, on_cluster};

/// What the names of versioned databases begin with.
const PREFIX: &str = "loupe_v";

/// The number in a versioned database's name.
fn number(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

async fn all(store: &Store) -> anyhow::Result<BTreeSet<u64>> {
    let query = "SELECT name FROM system.databases WHERE startsWith(name, ?)";
    let names: Vec<String> = store.anywhere().query(query).bind(PREFIX).fetch_all().await?;
    Ok(names.iter().filter_map(|name| number(name)).collect())
}

/// The databases that were ever served, the latest first.
async fn ever_served(store: &Store, views: &str) -> anyhow::Result<Vec<String>> {
    let mut names: Vec<String> = store.switches(views).await?.into_iter().map(|switch| switch.database).collect();
    names.push(FIRST_DATABASE.to_owned());
    Ok(names)
}

/// The database that was begun and never served; the newest when there are several.
pub(super) async fn begun(store: &Store, views: &str) -> anyhow::Result<Option<String>> {
    let served = ever_served(store, views).await?;
    let names = all(store).await?.into_iter().rev().map(|number| format!("{PREFIX}{number}"));
    Ok(names.into_iter().find(|name| !served.contains(name)))
}

/// A name that no database has.
pub(super) async fn next(store: &Store) -> anyhow::Result<String> {
    let last = all(store).await?.last().copied().unwrap_or(0);
    Ok(format!("{PREFIX}{}", last + 1))
}

/// The database that was served before the one that is.
pub(super) async fn before(store: &Store, views: &str) -> anyhow::Result<String> {
    let served = ever_served(store, views).await?;
    let Some(before) = served.iter().find(|name| *name != store.name()) else {
        bail!("no database was served before {}", store.name());
    };
    let query = "SELECT count() FROM system.databases WHERE name = ?";
    let exists: u64 = store.anywhere().query(query).bind(before).fetch_one().await?;
    ensure!(exists > 0, "{before}, which was served before {}, is gone", store.name());
    Ok(before.clone())
}

/// Drops a database.
pub(super) async fn drop(store: &Store) -> anyhow::Result<()> {
    let everywhere = on_cluster(store.cluster());
    let statement = format!("DROP DATABASE IF EXISTS `{}`{everywhere} SYNC", store.name());
    Ok(store.execute("drop the database", &statement).await?)
}
