//! States in: the events of slices that are not resident, all in one query.

use std::fmt::Write as _;

use clickhouse::Row;
use loupe_schemas::topics;
use serde::Deserialize;

use super::Store;
use crate::flush::{Lift, StoredEvent, StoredSlices};
use crate::fold::slice_key::SliceKey;

/// An event's payload, or how far a partition is projected: one answer tells both, so that it comes from one replica.
#[derive(Debug, Row, Deserialize)]
struct Stored {
    #[serde(with = "serde_bytes")]
    payload: Vec<u8>,
    log_offset: i64,
    topic: String,
    partition: i32,
    next_offset: i64,
}

#[derive(Debug, Row, Deserialize)]
struct LiftRow {
    topic: String,
    partition: i32,
    up_to: i64,
}

impl Store {
    /// The distinct events of the given slices, and how far the answering replica has seen each partition.
    ///
    /// # Errors
    /// The query failed.
    pub async fn events_of(&self, slices: &[SliceKey]) -> clickhouse::error::Result<StoredSlices> {
        let condition = within(slices);
        let query = format!(
            "SELECT payload, log_offset, '' AS topic, toInt32(0) AS partition, toInt64(0) AS next_offset \
             FROM events FINAL WHERE {condition} \
             UNION ALL \
             SELECT '' AS payload, toInt64(-1) AS log_offset, topic, partition, max(next_offset) AS next_offset \
             FROM positions GROUP BY topic, partition"
        );
        let rows: Vec<Stored> = self
            .database()
            .query(&query)
            .with_setting("max_query_size", "16777216")
            // A replica that lacks what a quorum has refuses, instead of answering with less.
            .with_setting("select_sequential_consistency", "1")
            .fetch_all()
            .await?;
        let mut stored = StoredSlices::default();
        for row in rows {
            match topics::by_name(&row.topic) {
                Some(topic) => stored.position.advance(topic, row.partition, row.next_offset),
                None => stored.events.push(StoredEvent { payload: row.payload, log_offset: row.log_offset }),
            }
        }
        Ok(stored)
    }

    /// The breakers that a person lifted, and up to which offset each.
    ///
    /// # Errors
    /// The query failed.
    pub async fn lifts(&self) -> clickhouse::error::Result<Vec<Lift>> {
        let query = "SELECT topic, partition, max(up_to) AS up_to FROM breaker_lifts GROUP BY topic, partition";
        let rows: Vec<LiftRow> = self.database().query(query).fetch_all().await?;
        let lift = |row: LiftRow| Lift { topic: row.topic, partition: row.partition, up_to: row.up_to };
        Ok(rows.into_iter().map(lift).collect())
    }
}

/// The condition that a row belongs to one of these slices.
fn within(slices: &[SliceKey]) -> String {
    if slices.is_empty() {
        return "false".to_owned();
    }
    let mut keys = String::new();
    for key in slices {
        let comma = if keys.is_empty() { "" } else { ", " };
        // Numbers alone, so nothing needs to be escaped.
        let _ = write!(keys, "{comma}({}, {}, toDate({}))", key.account_id, key.collection_id, key.day.0);
    }
    format!("(account_id, collection_id, slice_day) IN ({keys})")
}
