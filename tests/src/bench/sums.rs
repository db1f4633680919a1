//! The sum of every counter of every collection, as the fold of all events has it: for the collections that are too large to
//! be compared row by row.

use std::collections::BTreeMap;

use anyhow::ensure;
use loupe_projector::fold::filter::ActorClass;
use loupe_projector::fold::lattice::Tables;
use loupe_projector::fold::rows::Rows;
use loupe_projector::fold::slice::{Folded, Slice};
use loupe_projector::fold::slice_key::SliceKey;
use loupe_schemas::Event;

use crate::clickhouse::ClickHouse;

/// After so many events rows are taken, so that no more of them are held.
const TAKEN_EVERY: usize = 200_000;

/// An account's collection.
type Collection = (u64, u64);

/// What the tables must add up to.
pub(super) struct Sums(BTreeMap<Collection, Sum>);

/// What those of a collection add up to.
#[derive(Debug, Default, PartialEq)]
struct Sum {
    events: u64,
    /// By [`COUNTERS`].
    counters: Vec<Vec<u64>>,
}

macro_rules! counters {
    ($($table:ident: $($column:ident),+;)+) => {
        /// The tables that count, and their counters.
        const COUNTERS: &[(&str, &[&str])] = &[$((stringify!($table), &[$(stringify!($column)),+])),+];

        fn add_up(tables: &Tables) -> Vec<Vec<u64>> {
            vec![$(vec![$(tables.$table.rows().map(|row| row.$column).sum()),+]),+]
        }

        /// The rows of the tables that count.
        fn counting(rows: &mut Rows) -> Rows {
            Rows { $($table: std::mem::take(&mut rows.$table),)+ ..Rows::default() }
        }
    };
}

counters! {
    media_daily: attempts, downloads, unique_downloads, delivered_bytes, views, plays, favorites_added, favorites_removed;
    collection_quarter_hourly: attempts, downloads, failed, partial, abandoned, transferred_bytes, delivered_bytes,
        filtered_bytes, visits, views, plays, opens, favorites_added, favorites_removed;
    identity_daily: attempts, downloads, delivered_bytes, visits, views, plays, opens, favorites_added, favorites_removed;
    link_daily: opens, visitors, link_previews, bot_opens, denied_expired, denied_bad_password, denied_quota,
        denied_revoked, attempts, downloads, unique_downloads, transferred_bytes;
}

/// Slices, and the rows that count of those that were taken.
#[derive(Default)]
struct Folds {
    slices: BTreeMap<SliceKey, Slice>,
    events: BTreeMap<Collection, u64>,
    tables: BTreeMap<Collection, Tables>,
}

impl Folds {
    fn fold(&mut self, event: &Event, rows: &mut Rows) {
        let Some(key) = SliceKey::of(event) else { return };
        let class = event.head.actor.as_ref().map_or(ActorClass::NOBODY, ActorClass::of);
        let slice = self.slices.entry(key).or_insert_with(|| Slice::new(key));
        if slice.fold(event, class, 0, rows) == Folded::New {
            *self.events.entry(collection_of(key)).or_default() += 1;
        }
        rows.clear();
    }

    fn take(&mut self, rows: &mut Rows) {
        for (key, slice) in &mut self.slices {
            slice.take_rows_by(rows, |rows| {
                rows.downloads.clear();
                rows.deliveries.clear();
            });
            self.tables.entry(collection_of(*key)).or_default().write(&counting(rows));
            rows.clear();
        }
    }
}

impl Sums {
    /// What these events add up to; holds as much meanwhile as a projector that keeps all their slices.
    pub(super) fn of(events: impl IntoIterator<Item = Event>) -> Self {
        let (mut folds, mut rows) = (Folds::default(), Rows::default());
        for (index, event) in events.into_iter().enumerate() {
            folds.fold(&event, &mut rows);
            if index % TAKEN_EVERY == TAKEN_EVERY - 1 {
                folds.take(&mut rows);
            }
        }
        folds.take(&mut rows);
        let Folds { events, tables, .. } = folds;
        let sum = |(collection, tables): (Collection, Tables)| {
            let events = events.get(&collection).copied().unwrap_or_default();
            (collection, Sum { events, counters: add_up(&tables) })
        };
        Self(tables.into_iter().map(sum).collect())
    }

    /// Compares them with those of a database.
    pub(super) async fn check(&self, clickhouse: &ClickHouse, database: &str) -> anyhow::Result<()> {
        for ((account_id, collection_id), sum) in &self.0 {
            let of = format!("FINAL WHERE account_id = {account_id} AND collection_id = {collection_id}");
            let events = clickhouse.number(&format!("SELECT count() FROM {database}.events {of}")).await?;
            ensure!(events == sum.events, "{events} of {} events of collection {collection_id}", sum.events);
            for ((table, columns), expected) in COUNTERS.iter().zip(&sum.counters) {
                let sums: Vec<String> = columns.iter().map(|column| format!("sum({column})")).collect();
                let found = clickhouse.ask(&format!("SELECT {} FROM {database}.{table} {of}", sums.join(", "))).await?;
                let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
                ensure!(
                    found == expected.join("\t"),
                    "{table} of collection {collection_id}, {columns:?}: expected {expected:?}, found {found}"
                );
            }
        }
        Ok(())
    }
}

const fn collection_of(key: SliceKey) -> Collection {
    (key.account_id.0, key.collection_id.0)
}

#[cfg(test)]
mod tests {
    use loupe_projector::fold::recompute::recompute;

    use super::*;
    use crate::bench::traffic::Traffic;

    #[test]
    fn sums_are_those_of_all_tables() {
        let now = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
        let events: Vec<Event> = Traffic::new(10_000, now).events().collect();
        let sums = Sums::of(events.clone());
        assert!(sums.0.len() > 1);
        for (collection, sum) in sums.0 {
            let own = events.iter().filter(|event| SliceKey::of(event).map(collection_of) == Some(collection));
            let tables = recompute(own.map(|event| (event, b"".as_slice())));
            let events = u64::try_from(tables.events.rows().count()).unwrap();
            assert_eq!(sum, Sum { events, counters: add_up(&tables) });
            assert!(sum.counters.iter().flatten().any(|counted| *counted > 0));
        }
    }
}
