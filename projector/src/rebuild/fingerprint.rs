//! Which collections need to be looked at row by row: ClickHouse sums a hash of what readers see of each, so those that
//! are the same in both databases are never read.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use clickhouse::Row;
use serde::Deserialize;

use super::days::Days;
use crate::audit::Collection;
use crate::store::Store;

/// A table of collections' rows.
struct Table {
    name: &'static str,
    /// Columns that no reader sees, or that are not of the set of events.
    hidden: &'static str,
    /// Which rows belong to the days that are compared, and are not deleted; see [`Days::in_place`].
    condition: &'static str,
}

const fn table(name: &'static str, hidden: &'static str, condition: &'static str) -> Table {
    Table { name, hidden, condition }
}

const TABLES: [Table; 16] = [
    table("events", "version, log_offset", "slice_day >= {events} AND slice_day < {until}"),
    table("downloads", "version", "day >= {people} AND day < {until}"),
    table("deliveries", "version", "day >= {people} AND day < {until} AND NOT is_deleted"),
    table("media_daily", "version", "day >= {aggregates} AND day < {until}"),
    table(
        "collection_quarter_hourly",
        "version",
        "toDate(quarter_hour, 'UTC') >= {aggregates} AND toDate(quarter_hour, 'UTC') < {until}",
    ),
    table("identity_daily", "version", "day >= {people} AND day < {until}"),
    table("link_daily", "version", "day >= {aggregates} AND day < {until}"),
    table("favorites", "", "true"),
    table("favorite_lists", "", "true"),
    table("stars", "", "true"),
    table("share_links", "", "true"),
    table("link_visitors", "", "true"),
    table("collections", "", "NOT is_deleted"),
    table("collection_first_upserts", "", "true"),
    table("galleries", "", "NOT is_deleted"),
    table("media", "", "NOT is_deleted"),
];

#[derive(Debug, Row, Deserialize)]
struct Sum {
    account_id: u64,
    collection_id: u64,
    rows: u64,
    hash: u64,
}

/// What ClickHouse says of all collections, without reading them here.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    /// Every collection that either database has a row of.
    pub(super) collections: BTreeSet<Collection>,
    /// Those that are not the same in both.
    pub(super) differing: BTreeSet<Collection>,
    /// Rows of each table in the one and in the other.
    pub(super) rows: BTreeMap<&'static str, (usize, usize)>,
}

/// Compares all tables of collections by their sums; `say` hears how many of how many tables.
pub(super) async fn fingerprints(
    from: &Store,
    to: &Store,
    days: Days,
    say: &(dyn Fn(usize, usize) + Sync),
) -> anyhow::Result<Fingerprints> {
    let mut found = Fingerprints::default();
    for (done, table) in TABLES.iter().enumerate() {
        say(done, TABLES.len());
        let (before, after) = (sums(from, table, days).await?, sums(to, table, days).await?);
        let rows = |sums: &Sums| sums.values().map(|(rows, _)| usize::try_from(*rows).unwrap_or(usize::MAX)).sum();
        found.rows.insert(table.name, (rows(&before), rows(&after)));
        for collection in before.keys().chain(after.keys()) {
            found.collections.insert(*collection);
            if before.get(collection) != after.get(collection) {
                found.differing.insert(*collection);
            }
        }
    }
    say(TABLES.len(), TABLES.len());
    Ok(found)
}

type Sums = BTreeMap<Collection, (u64, u64)>;

async fn sums(store: &Store, table: &Table, days: Days) -> anyhow::Result<Sums> {
    let rows: Vec<Sum> = store
        .database()
        .query(&statement(table, days))
        .fetch_all()
        .await
        .with_context(|| format!("{} of {}", table.name, store.name()))?;
    let place = |row: &Sum| Collection { account_id: row.account_id, collection_id: row.collection_id };
    Ok(rows.iter().map(|row| (place(row), (row.rows, row.hash))).collect())
}

fn statement(Table { name, hidden, condition }: &Table, days: Days) -> String {
    let columns = if hidden.is_empty() { "*".to_owned() } else { format!("* EXCEPT ({hidden})") };
    let condition = days.in_place(condition);
    // As bytes, since a hash of several values is nothing when one of them is null.
    format!(
        "SELECT account_id, collection_id, count() AS rows, sum(cityHash64(formatRow('RowBinary', {columns}))) AS hash \
         FROM {name} FINAL WHERE {condition} GROUP BY account_id, collection_id"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::lattice::Tables;

    #[test]
    fn every_table_is_compared_that_belongs_to_collections() {
        let mut names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        names.extend(["clients", "erasures", "edge_sequences"]);
        names.sort_unstable();
        let mut all: Vec<&str> = Tables::default().shown_by_table().into_iter().map(|(name, _)| name).collect();
        all.sort_unstable();
        assert_eq!(names, all);
    }

    #[test]
    fn what_no_reader_sees_is_left_out() {
        let statement = statement(&TABLES[0], Days::ALL);
        assert!(statement.contains("* EXCEPT (version, log_offset)") && statement.contains("toDate(0)"), "{statement}");
    }
}
