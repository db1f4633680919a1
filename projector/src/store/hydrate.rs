//! States in: the events of slices that are not resident, all in one query, and a part of them at a time: they take many
//! times the memory of the states.

use std::fmt::Write as _;

use clickhouse::Row;
use clickhouse::error::Error;
use clickhouse::query::RowCursor;
use loupe_schemas::position::Position;
use loupe_schemas::topics;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

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

/// The distinct events of slices, as they come: a part is read while the one before is made use of.
#[derive(Debug)]
pub struct StoredSlices {
    parts: mpsc::Receiver<clickhouse::error::Result<Part>>,
    position: Position,
    /// Nobody waits for what is read once this is dropped.
    _reading: AbortOnDropHandle<()>,
}

/// What comes next.
#[derive(Debug)]
enum Part {
    Events(Vec<StoredEvent>),
    /// All have come, and the answering replica has seen this.
    End(Position),
}

impl StoredSlices {
    fn read(mut rows: RowCursor<Stored>) -> Self {
        let (send, parts) = mpsc::channel(1);
        let reading = tokio::spawn(async move {
            let mut position = Position::default();
            // No part is read before the one before it is taken.
            while let Ok(permit) = send.reserve().await {
                let part = next(&mut rows, &mut position).await;
                let is_last = !matches!(part, Ok(Part::Events(_)));
                permit.send(part);
                if is_last {
                    return;
                }
            }
        });
        Self { parts, position: Position::default(), _reading: AbortOnDropHandle::new(reading) }
    }

    /// The next events, in no particular order; `None` once all have come.
    ///
    /// # Errors
    /// The query failed.
    pub async fn next(&mut self) -> clickhouse::error::Result<Option<Vec<StoredEvent>>> {
        match self.parts.recv().await {
            Some(Ok(Part::Events(events))) => Ok(Some(events)),
            Some(Ok(Part::End(position))) => {
                self.position = position;
                Ok(None)
            }
            Some(Err(error)) => Err(error),
            None => Err(Error::Custom("the answer was not read to its end".to_owned())),
        }
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

async fn next(rows: &mut RowCursor<Stored>, position: &mut Position) -> clickhouse::error::Result<Part> {
    let (mut events, mut bytes) = (Vec::new(), 0);
    while events.len() < PART_EVENTS && bytes < PART_BYTES {
        let Some(row) = rows.next().await? else {
            return Ok(if events.is_empty() { Part::End(std::mem::take(position)) } else { Part::Events(events) });
        };
        match topics::by_name(&row.topic) {
            Some(topic) => position.advance(topic, row.partition, row.next_offset),
            None => {
                bytes += row.payload.len();
                events.push(StoredEvent { payload: row.payload, log_offset: row.log_offset });
            }
        }
    }
    Ok(Part::Events(events))
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
        Ok(StoredSlices::read(rows))
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
