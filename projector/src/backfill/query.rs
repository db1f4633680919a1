//! Which slices there are after one, and how far a backfill is.

use clickhouse::Row;
use loupe_schemas::ids::{AccountId, CollectionId};
use loupe_schemas::time::Day;
use serde::{Deserialize, Serialize};

use super::{Reached, SLICES_MAX};
use crate::fold::slice_key::SliceKey;
use crate::store::Store;

/// A slice, and how many rows `events` has of it.
#[derive(Debug, Row, Deserialize)]
struct Found {
    account_id: u64,
    collection_id: u64,
    slice_day: u16,
    events: u64,
}

impl Found {
    const fn key(&self) -> SliceKey {
        SliceKey {
            account_id: AccountId(self.account_id),
            collection_id: CollectionId(self.collection_id),
            day: Day(self.slice_day),
        }
    }
}

/// A row of `backfills`; `reached` is whether all is done, and the last slice whose rows are written.
#[derive(Debug, Row, Serialize, Deserialize)]
struct BackfillRow {
    read_model: String,
    reached: (u8, u64, u64, u16),
}

impl Store {
    /// How far the backfill of a read model is.
    ///
    /// # Errors
    /// The query failed.
    pub(crate) async fn reached(&self, read_model: &str) -> clickhouse::error::Result<Reached> {
        let query = "SELECT read_model, max(backfills.reached) AS reached FROM backfills WHERE read_model = ? \
                     GROUP BY read_model";
        // The check of columns refuses named tuples.
        let client = self.database().with_validation(false);
        let row: Option<BackfillRow> = client.query(query).bind(read_model).fetch_optional().await?;
        Ok(row.map_or_else(Reached::default, |BackfillRow { reached: (is_done, account, collection, day), .. }| {
            let key =
                SliceKey { account_id: AccountId(account), collection_id: CollectionId(collection), day: Day(day) };
            Reached { is_done: is_done != 0, slice: Some(key) }
        }))
    }

    /// Notes how far the backfill of a read model is. What lies behind another's note changes nothing.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub(crate) async fn write_reached(&self, read_model: &str, reached: Reached) -> clickhouse::error::Result<()> {
        let key = reached.slice;
        let (account, collection) = (key.map_or(0, |key| key.account_id.0), key.map_or(0, |key| key.collection_id.0));
        let reached = (u8::from(reached.is_done), account, collection, key.map_or(0, |key| key.day.0));
        let row = BackfillRow { read_model: read_model.to_owned(), reached };
        crate::store::insert(&self.inserting().await?, "backfills", &[row]).await
    }

    /// The next slices in the order of keys, about so many that they have `events_max` events, and how many they have; none
    /// at the end.
    ///
    /// # Errors
    /// The query failed.
    pub(crate) async fn some_slices_after(
        &self,
        slice: Option<SliceKey>,
        since: Day,
        events_max: u64,
    ) -> clickhouse::error::Result<(Vec<SliceKey>, u64)> {
        let mut events = 0;
        let mut keys = Vec::new();
        for found in self.slices_after(slice, since, SLICES_MAX).await? {
            if !keys.is_empty() && events + found.events > events_max {
                break;
            }
            events += found.events;
            keys.push(found.key());
        }
        Ok((keys, events))
    }

    /// The next slices in the order of keys, at most `limit`.
    ///
    /// # Errors
    /// The query failed.
    async fn slices_after(
        &self,
        slice: Option<SliceKey>,
        since: Day,
        limit: usize,
    ) -> clickhouse::error::Result<Vec<Found>> {
        let query = format!(
            "SELECT account_id, collection_id, slice_day, count() AS events FROM events WHERE {} \
             GROUP BY account_id, collection_id, slice_day \
             ORDER BY account_id, collection_id, slice_day LIMIT {limit}",
            after(slice, since)
        );
        self.database()
            .query(&query)
            // The order of the key, so that no more is read than is asked for.
            .with_setting("optimize_aggregation_in_order", "1")
            .with_setting("select_sequential_consistency", "1")
            .fetch_all()
            .await
    }

    /// How many rows `events` has after a slice.
    ///
    /// # Errors
    /// The query failed.
    pub(crate) async fn events_after(&self, slice: Option<SliceKey>, since: Day) -> clickhouse::error::Result<u64> {
        self.database().query(&format!("SELECT count() FROM events WHERE {}", after(slice, since))).fetch_one().await
    }
}

/// Keys after a slice, spelled so that the primary key is used, of days from `since` on.
fn after(slice: Option<SliceKey>, since: Day) -> String {
    let since = format!("slice_day >= toDate({})", since.0);
    let Some(SliceKey { account_id, collection_id, day }) = slice else { return since };
    let day = day.0;
    format!(
        "{since} AND (account_id > {account_id} OR (account_id = {account_id} AND (collection_id > {collection_id} \
         OR (collection_id = {collection_id} AND slice_day > toDate({day})))))"
    )
}
