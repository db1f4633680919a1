//! States in: the events of slices that are not resident, all in one query.

use std::fmt::Write as _;

use clickhouse::Row;
use serde::Deserialize;

use super::Store;
use crate::fold::slice_key::SliceKey;

/// An event of a slice, as `events` keeps it.
#[derive(Debug, Row, Deserialize)]
pub struct StoredEvent {
    /// Its payload as it travelled.
    #[serde(with = "serde_bytes")]
    pub payload: Vec<u8>,
}

impl Store {
    /// The distinct events of the given slices, in no particular order.
    ///
    /// # Errors
    /// The query failed.
    pub async fn events_of(&self, slices: &[SliceKey]) -> clickhouse::error::Result<Vec<StoredEvent>> {
        if slices.is_empty() {
            return Ok(Vec::new());
        }
        let mut keys = String::new();
        for key in slices {
            let comma = if keys.is_empty() { "" } else { ", " };
            // Numbers alone, so nothing needs to be escaped.
            let _ = write!(keys, "{comma}({}, {}, toDate({}))", key.account_id, key.collection_id, key.day.0);
        }
        let query =
            format!("SELECT ?fields FROM events FINAL WHERE (account_id, collection_id, slice_day) IN ({keys})");
        self.database().query(&query).with_setting("max_query_size", "16777216").fetch_all().await
    }
}
