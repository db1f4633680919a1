//! What the ledger says about the log.

use std::collections::BTreeMap;

use clickhouse::Row;
use serde::Deserialize;

use super::Store;

#[derive(Debug, Row, Deserialize)]
struct Unaccounted {
    topic: String,
    partition: i32,
    begun_at: i64,
    missing: i64,
}

/// What the ledger says about a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerState {
    /// The first offset any range names.
    pub first_offset: i64,
    /// How many offsets between the first and the last no range names.
    pub missing: i64,
}

impl Store {
    /// What the ledger says about each partition, by topic and partition.
    ///
    /// # Errors
    /// The query failed.
    pub async fn ledger(&self) -> clickhouse::error::Result<BTreeMap<(String, i32), LedgerState>> {
        let rows: Vec<Unaccounted> = self.database().query(include_str!("unaccounted.sql")).fetch_all().await?;
        let state = |row: Unaccounted| {
            let state = LedgerState { first_offset: row.begun_at, missing: row.missing };
            ((row.topic, row.partition), state)
        };
        Ok(rows.into_iter().map(state).collect())
    }
}
