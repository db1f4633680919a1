//! States in: the events of slices that are not resident, all in one query, and a part of them at a time: they take many
//! times the memory of the states.

use std::fmt::Write as _;

use clickhouse::Row;
use clickhouse::query::RowCursor;
use loupe_schemas::position::Position;
use loupe_schemas::topics;
use serde::Deserialize;

use super::Store;
use crate::flush::{Lift, StoredEvent};
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

/// So many events are handed on at a time, or so many bytes of payloads.
const PART_EVENTS: usize = 20_000;
const PART_BYTES: usize = 8 << 20;
/// ClickHouse refuses a statement of more elements, and has 50,000 unless told: 7,000 slices.
const AST_ELEMENTS_MAX: &str = "10000000";

/// The distinct events of slices, as they come.
pub struct StoredSlices {
    rows: RowCursor<Stored>,
    position: Position,
}

impl StoredSlices {
    /// The next events, in no particular order; `None` once all have come.
    ///
    /// # Errors
    /// The query failed.
    pub async fn next(&mut self) -> clickhouse::error::Result<Option<Vec<StoredEvent>>> {
        let (mut part, mut bytes) = (Vec::new(), 0);
        while part.len() < PART_EVENTS && bytes < PART_BYTES {
            let Some(row) = self.rows.next().await? else {
                return Ok((!part.is_empty()).then_some(part));
            };
            match topics::by_name(&row.topic) {
                Some(topic) => self.position.advance(topic, row.partition, row.next_offset),
                None => {
                    bytes += row.payload.len();
                    part.push(StoredEvent { payload: row.payload, log_offset: row.log_offset });
                }
            }
        }
        Ok(Some(part))
    }

    /// All events at once, for whoever knows that they are few.
    ///
    /// # Errors
    /// The query failed.
    pub async fn all(mut self) -> clickhouse::error::Result<Vec<StoredEvent>> {
        let mut all = Vec::new();
        while let Some(part) = self.next().await? {
            all.extend(part);
        }
        Ok(all)
    }

    /// How far the answering replica has seen each partition; known once all events have come.
    #[must_use]
    pub const fn position(&self) -> &Position {
        &self.position
    }
}

impl Store {
    /// The distinct events of the given slices, and how far the answering replica has seen each partition.
    ///
    /// # Errors
    /// The query cannot be sent.
    pub fn events_of(&self, slices: &[SliceKey]) -> clickhouse::error::Result<StoredSlices> {
        let condition = within(slices);
        let query = format!(
            "SELECT payload, log_offset, '' AS topic, toInt32(0) AS partition, toInt64(0) AS next_offset \
             FROM events FINAL WHERE {condition} \
             UNION ALL \
             SELECT '' AS payload, toInt64(-1) AS log_offset, topic, partition, max(next_offset) AS next_offset \
             FROM positions GROUP BY topic, partition"
        );
        let rows = self
            .database()
            .query(&query)
            .with_setting("max_query_size", "16777216")
            // Each slice is seven of them, and a batch may touch as many slices as it has records.
            .with_setting("max_ast_elements", AST_ELEMENTS_MAX)
            .with_setting("max_expanded_ast_elements", AST_ELEMENTS_MAX)
            // A replica that lacks what a quorum has refuses, instead of answering with less.
            .with_setting("select_sequential_consistency", "1")
            .fetch()?;
        Ok(StoredSlices { rows, position: Position::default() })
    }

    /// How far each partition is projected.
    ///
    /// # Errors
    /// The query failed.
    pub async fn position(&self) -> clickhouse::error::Result<Position> {
        let mut none = self.events_of(&[])?;
        while none.next().await?.is_some() {}
        Ok(none.position)
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
