//! Rows out: every table of a flush in parallel as one block each, `events` after the others, the ledger last.

use clickhouse::error::Error;
use clickhouse::{Client, Compression, Row, RowOwned, RowWrite};
use futures::future::try_join_all;
use loupe_schemas::avro::codec::SchemaRef;
use loupe_schemas::avro::schema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Store;
use super::blocks::{Blocks, EVENTS, Insert, Inserts};
use crate::fold::events::EventRow;
use crate::fold::rows::{EachTable, Rows, Sink};
use crate::log::{Record, Rejected};

/// The table of what is no event.
pub(super) const QUARANTINE: &str = "quarantine";

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
    pub canaries: u64,
    pub canary_at: i64,
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
            key: record.key.to_vec(),
            payload: record.payload.as_deref().unwrap_or_default().to_vec(),
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
    /// Where the rows of a flush are to go.
    ///
    /// # Errors
    /// ClickHouse could not be asked for the tables' columns, or a table is not made for its rows.
    pub async fn blocks(&self) -> clickhouse::error::Result<Blocks> {
        let tables = self.columns.tables(&self.database()).await?;
        match tables.refusal() {
            Some(refusal) => Err(Error::Custom(refusal.to_owned())),
            None => Ok(Blocks::new(tables)),
        }
    }

    /// What shown rows become as inserts; those of a table that is missing are refused when they are written.
    async fn inserts(&self, show: impl FnOnce(&mut Blocks)) -> clickhouse::error::Result<Inserts> {
        let mut blocks = Blocks::new(self.columns.tables(&self.database()).await?);
        show(&mut blocks);
        Ok(Blocks::join(vec![blocks]))
    }

    /// Writes the rows of all tables but `events`. Writing them again changes nothing.
    ///
    /// # Errors
    /// The first insert that failed; all may be written again.
    pub async fn write_tables(&self, rows: &Rows, quarantine: &[QuarantineRow]) -> clickhouse::error::Result<()> {
        self.insert_tables(&self.inserts(|blocks| rows.each(blocks)).await?, quarantine).await
    }

    /// Writes the rows of `events`, as one block, after those of all other tables: were they first, a crash in between
    /// would make the replay see only duplicates and never write the others.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn write_events(&self, events: &[EventRow]) -> clickhouse::error::Result<()> {
        self.insert_events(&self.inserts(|blocks| blocks.table(EVENTS, events)).await?).await
    }

    /// Writes a flush's rows of all tables but `events`, like [`Self::write_tables`].
    ///
    /// # Errors
    /// The first insert that failed; all may be written again.
    pub async fn insert_tables(
        &self,
        inserts: &Inserts,
        quarantine: &[QuarantineRow],
    ) -> clickhouse::error::Result<()> {
        let beside = self.inserts(|blocks| blocks.table(QUARANTINE, quarantine)).await?;
        let ((tables, _), (quarantine, _)) = (inserts.parts()?, beside.parts()?);
        try_join_all(tables.iter().chain(quarantine).map(|insert| self.insert(insert))).await.map(drop)
    }

    /// Writes a flush's rows of `events`, like [`Self::write_events`].
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn insert_events(&self, inserts: &Inserts) -> clickhouse::error::Result<()> {
        match inserts.parts()? {
            (_, Some(events)) => self.insert(events).await,
            (_, None) => Ok(()),
        }
    }

    /// Writes rows as one block.
    async fn insert(&self, insert: &Insert) -> clickhouse::error::Result<()> {
        let names = insert.names.join("`, `");
        let statement = format!("INSERT INTO `{}` (`{names}`) FORMAT Native", insert.table);
        // Uncompressed: processor time is what a projector runs out of first.
        let client = self.inserting().await?.with_compression(Compression::None);
        let mut sending = client.insert_formatted_with(statement);
        for piece in &insert.body {
            sending.send(piece.clone()).await?;
        }
        sending.end().await
    }

    /// Notes that quarantined records were sent once more.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn write_replays(&self, replays: &[ReplayRow]) -> clickhouse::error::Result<()> {
        if replays.is_empty() { Ok(()) } else { insert(&self.inserting().await?, "quarantine_replays", replays).await }
    }

    /// Lets a stopped partition's records below an offset pass into quarantine.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn lift(&self, lift: LiftRow) -> clickhouse::error::Result<()> {
        insert(&self.inserting().await?, "breaker_lifts", &[lift]).await
    }

    /// Notes what was last seen of partitions.
    ///
    /// # Errors
    /// The insert failed; the next one says more.
    pub async fn write_watermarks(&self, watermarks: &[WatermarkRow]) -> clickhouse::error::Result<()> {
        if watermarks.is_empty() { Ok(()) } else { insert(&self.inserting().await?, "watermarks", watermarks).await }
    }

    /// Records that the rows of these offset ranges are written.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn write_ledger(&self, ledger: &[LedgerRow]) -> clickhouse::error::Result<()> {
        if ledger.is_empty() { Ok(()) } else { insert(&self.inserting().await?, "ledger", ledger).await }
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
