//! Which of the databases were served, and which of them is meant.

use anyhow::{bail, ensure};

use crate::config::FIRST_DATABASE;
use crate::served::{number, numbered};
use crate::store::{Store, on_cluster};

/// The databases that were ever served, the latest first.
async fn ever_served(store: &Store, views: &str) -> anyhow::Result<Vec<String>> {
    let mut names: Vec<String> = store.switches(views).await?.into_iter().map(|switch| switch.database).collect();
    names.push(FIRST_DATABASE.to_owned());
    Ok(names)
}

/// The database that was begun and never served; the newest when there are several.
pub(super) async fn begun(store: &Store, views: &str) -> anyhow::Result<Option<String>> {
    let served = ever_served(store, views).await?;
    let names = store.versions().await?.into_iter().rev().map(numbered);
    Ok(names.into_iter().find(|name| !served.contains(name)))
}

/// A name that no database has, and none had that was served: of such a one `begun` would say that it is not begun.
pub(super) async fn next(store: &Store, views: &str) -> anyhow::Result<String> {
    let served = ever_served(store, views).await?;
    let there = store.versions().await?;
    let last = served.iter().filter_map(|name| number(name)).chain(there).max().unwrap_or(0);
    Ok(numbered(last + 1))
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
