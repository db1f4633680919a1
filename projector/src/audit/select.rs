//! Which collections are audited.

use clickhouse::Row;
use loupe_schemas::time::Day;
use serde::Deserialize;

use super::Collection;
use crate::store::{OF_COLLECTIONS, Store};

/// Which collections are audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// This one; of every account that has one of this id.
    Collection(u64),
    /// Those with an event on this UTC day.
    Day(Day),
    /// So many at random.
    Sample {
        /// How many.
        count: u64,
        /// Which: another seed takes others.
        seed: u64,
        /// None with more events than this.
        events_max: u64,
    },
    /// Every one.
    All,
}

#[derive(Debug, Row, Deserialize)]
struct Found {
    account_id: u64,
    collection_id: u64,
}

impl Store {
    /// The collections of a choice: of a day and of a sample those that have events, else those that any table has a row of, so
    /// that one whose events are gone is among them.
    ///
    /// # Errors
    /// The query failed.
    pub async fn collections_of(&self, choice: Choice) -> clickhouse::error::Result<Vec<Collection>> {
        let events = |condition: String, end: String| {
            format!(
                "SELECT account_id, collection_id FROM events WHERE {condition} GROUP BY account_id, collection_id {end}"
            )
        };
        let query = match choice {
            Choice::Collection(id) => anywhere(&format!("collection_id = {id}")),
            Choice::All => anywhere("true"),
            Choice::Day(day) => events(format!("slice_day = toDate({})", day.0), String::new()),
            Choice::Sample { count, seed, events_max } => events(
                "true".to_owned(),
                format!(
                    "HAVING count() <= {events_max} ORDER BY cityHash64(account_id, collection_id, {seed}) LIMIT {count}"
                ),
            ),
        };
        let found: Vec<Found> = self.database().query(&query).fetch_all().await?;
        let mut collections: Vec<Collection> = found
            .into_iter()
            .map(|row| Collection { account_id: row.account_id, collection_id: row.collection_id })
            .collect();
        collections.sort_unstable();
        Ok(collections)
    }
}

/// The collections of all tables that meet a condition.
fn anywhere(condition: &str) -> String {
    let of = |table: &&str| format!("SELECT DISTINCT account_id, collection_id FROM {table} WHERE {condition}");
    OF_COLLECTIONS.iter().map(of).collect::<Vec<_>>().join(" UNION DISTINCT ")
}
