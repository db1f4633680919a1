//! Which quarantined records are meant.

use clickhouse::Row;
use loupe_schemas::Micros;
use serde::Deserialize;

use super::Entry;
use crate::store::{QuarantineRow, Store};

/// Which quarantined records are meant: all, or those that fit every condition given.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The one at `(topic, partition, offset)`.
    pub place: Option<(String, i32, i64)>,
    /// Rejected for this reason.
    pub reason: Option<String>,
    /// Received at this time or later.
    pub from: Option<Micros>,
    /// Received before this time.
    pub to: Option<Micros>,
    /// From this edge node.
    pub edge: Option<String>,
    /// Naming this schema.
    pub schema: Option<String>,
    /// Not sent once more yet.
    pub only_pending: bool,
    /// At most so many, the earliest received first.
    pub limit: u64,
}

#[derive(Debug, Row, Deserialize)]
struct Joined {
    topic: String,
    partition: i32,
    offset: i64,
    reason: String,
    field: String,
    message: String,
    #[serde(with = "serde_bytes")]
    key: Vec<u8>,
    #[serde(with = "serde_bytes")]
    payload: Vec<u8>,
    appended_us: i64,
    edge_node: String,
    schema: String,
    replayed_us: i64,
}

impl Store {
    /// The quarantined records that are meant, the earliest received first.
    ///
    /// # Errors
    /// The query failed.
    pub async fn quarantined(&self, filter: &Filter) -> clickhouse::error::Result<Vec<Entry>> {
        let (topic, partition, offset) = filter.place.clone().unwrap_or_default();
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let rows: Vec<Joined> = self
            .database()
            .query(include_str!("quarantined.sql"))
            .param("topic", topic)
            .param("partition", partition)
            .param("offset", offset)
            .param("reason", text(&filter.reason))
            .param("edge", text(&filter.edge))
            .param("schema", text(&filter.schema))
            .param("from", filter.from.map_or(i64::MIN, |from| from.0))
            .param("to", filter.to.map_or(i64::MAX, |to| to.0))
            .param("only_pending", u8::from(filter.only_pending))
            .param("limit", filter.limit)
            .fetch_all()
            .await?;
        Ok(rows.into_iter().map(entry).collect())
    }
}

fn entry(row: Joined) -> Entry {
    Entry {
        replayed_at: (row.replayed_us > 0).then_some(Micros(row.replayed_us)),
        row: QuarantineRow {
            topic: row.topic,
            partition: row.partition,
            offset: row.offset,
            reason: row.reason,
            field: row.field,
            message: row.message,
            key: row.key,
            payload: row.payload,
            appended_at: row.appended_us,
            edge_node: row.edge_node,
            schema: row.schema,
        },
    }
}
