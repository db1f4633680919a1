//! Rows out: every table of a flush in parallel as one block each, `events` after the others, the ledger last.

use clickhouse::error::Error;
use clickhouse::{Client, Compression, Row, RowOwned, RowWrite};
use futures::future::{BoxFuture, try_join_all};
use loupe_schemas::avro::codec::SchemaRef;
use loupe_schemas::avro::schema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Store;
use super::native::{self, NativeError};
use crate::fold::events::EventRow;
use crate::fold::rows::Rows;
use crate::log::{Record, Rejected};

/// A row of `ledger`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct LedgerRow {
    pub topic: String,
    pub partition: i32,
    pub first_offset: i64,
    pub last_offset: i64,
    pub folded: u64,
    pub duplicate: u64,
    pub quarantined: u64,
    pub rerouted: u64,
}

/// A row of `quarantine`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct QuarantineRow {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
    pub reason: String,
    pub field: String,
    pub message: String,
    #[serde(with = "serde_bytes")]
    pub key: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub payload: Vec<u8>,
    pub appended_at: i64,
    pub edge_node: String,
    pub schema: String,
}

/// A row of `quarantine_replays`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct ReplayRow {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
    #[serde(with = "clickhouse::serde::uuid")]
    pub event_id: Uuid,
    pub replayed_at: i64,
}

/// A row of `breaker_lifts`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct LiftRow {
    pub topic: String,
    pub partition: i32,
    pub up_to: i64,
    pub lifted_at: i64,
}

/// A row of `watermarks`.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct WatermarkRow {
    pub topic: String,
    pub partition: i32,
    pub first_offset: i64,
    pub end_offset: i64,
    pub next_offset: i64,
    pub waiting_since: i64,
    pub records_per_second: f64,
    pub observed_at: i64,
}

impl QuarantineRow {
    /// A record, and why it is no event.
    #[must_use]
    pub fn new(record: &Record, rejected: &Rejected) -> Self {
        Self {
            topic: record.topic.name.to_owned(),
            partition: record.partition,
            offset: record.offset,
            reason: rejected.reason.to_owned(),
            field: rejected.field.clone(),
            message: rejected.message.clone(),
            key: record.key.clone(),
            payload: record.payload.clone().unwrap_or_default(),
            appended_at: record.appended_at.0,
            edge_node: rejected.edge_node.clone(),
            schema: schema_of(record.payload.as_deref().unwrap_or_default()),
        }
    }
}

/// The schema a payload names: `DownloadRequested.v1`, or the fingerprint or id of one that is not known here.
fn schema_of(payload: &[u8]) -> String {
    match SchemaRef::of(payload) {
        Some(SchemaRef::Fingerprint(fingerprint)) => match schema::by_fingerprint(fingerprint) {
            Some(landed) => format!("{}.v{}", landed.event_type.as_str(), landed.version),
            None => format!("{fingerprint:016x}"),
        },
        Some(SchemaRef::Id(id)) => format!("id {id}"),
        None => String::new(),
    }
}

impl Store {
    /// Writes the rows of all tables but `events`. Writing them again changes nothing.
    ///
    /// # Errors
    /// The first insert that failed; all may be written again.
    pub async fn write_tables(&self, rows: &Rows, quarantine: &[QuarantineRow]) -> clickhouse::error::Result<()> {
        let mut inserts: Vec<BoxFuture<'_, clickhouse::error::Result<()>>> = Vec::new();
        macro_rules! tables {
            ($($table:ident),+) => {
                $(if !rows.$table.is_empty() {
                    inserts.push(Box::pin(self.write_block(stringify!($table), &rows.$table)));
                })+
            };
        }
        tables!(
            downloads,
            deliveries,
            media_daily,
            collection_quarter_hourly,
            identity_daily,
            link_daily,
            favorites,
            favorite_lists,
            stars,
            share_links,
            link_visitors,
            collections,
            collection_first_upserts,
            galleries,
            media,
            clients,
            erasures,
            edge_sequences
        );
        if !quarantine.is_empty() {
            inserts.push(Box::pin(self.write_block("quarantine", quarantine)));
        }
        try_join_all(inserts).await.map(drop)
    }

    /// Writes the rows of `events`, as one block, after those of all other tables: were they first, a crash in between
    /// would make the replay see only duplicates and never write the others.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn write_events(&self, events: &[EventRow]) -> clickhouse::error::Result<()> {
        if events.is_empty() { Ok(()) } else { self.write_block("events", events).await }
    }

    /// Writes rows as one block.
    async fn write_block<R>(&self, table: &'static str, rows: &[R]) -> clickhouse::error::Result<()>
    where
        R: Row + Serialize + Sync,
    {
        let types = self.columns.of(&self.database(), table).await?;
        let misfit = |error: NativeError| Error::Custom(format!("rows of `{table}`: {error}"));
        let block = native::encode(rows, &types).map_err(misfit)?;
        let names = R::COLUMN_NAMES.join("`, `");
        let statement = format!("INSERT INTO `{table}` (`{names}`) FORMAT Native");
        // Uncompressed: processor time is what a projector runs out of first.
        let client = self.database().with_compression(Compression::None);
        let mut insert = client.insert_formatted_with(statement);
        for piece in block {
            insert.send(piece).await?;
        }
        insert.end().await
    }

    /// Notes that quarantined records were sent once more.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn write_replays(&self, replays: &[ReplayRow]) -> clickhouse::error::Result<()> {
        if replays.is_empty() { Ok(()) } else { insert(&self.database(), "quarantine_replays", replays).await }
    }

    /// Lets a stopped partition's records below an offset pass into quarantine.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn lift(&self, lift: LiftRow) -> clickhouse::error::Result<()> {
        insert(&self.database(), "breaker_lifts", &[lift]).await
    }

    /// Notes what was last seen of partitions.
    ///
    /// # Errors
    /// The insert failed; the next one says more.
    pub async fn write_watermarks(&self, watermarks: &[WatermarkRow]) -> clickhouse::error::Result<()> {
        if watermarks.is_empty() { Ok(()) } else { insert(&self.database(), "watermarks", watermarks).await }
    }

    /// Records that the rows of these offset ranges are written.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn write_ledger(&self, ledger: &[LedgerRow]) -> clickhouse::error::Result<()> {
        insert(&self.database(), "ledger", ledger).await
    }
}

/// Writes a few rows, one by one.
pub(crate) async fn insert<R>(client: &Client, table: &str, rows: &[R]) -> clickhouse::error::Result<()>
where
    R: RowOwned + RowWrite + Sync,
{
    // Checked against the table's columns, rows with named tuples would be refused: the client cannot parse their type.
    let mut insert = client.clone().with_validation(false).insert::<R>(table).await?;
    for row in rows {
        insert.write(row).await?;
    }
    insert.end().await
}
