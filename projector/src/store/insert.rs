//! Rows out: every table of a flush in parallel, `events` after the others, the ledger last.

use clickhouse::{Client, Row, RowOwned, RowWrite};
use futures::future::{BoxFuture, try_join_all};
use serde::{Deserialize, Serialize};

use super::Store;
use crate::fold::rows::Rows;

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
}

impl Store {
    /// Writes the rows of a flush. Writing them again changes nothing.
    ///
    /// Read models come first and `events` after them: were `events` first, a crash in between would make the replay
    /// see only duplicates and never write the rows.
    ///
    /// # Errors
    /// The first insert that failed; the whole flush may be written again.
    pub async fn write(&self, rows: &Rows, quarantine: &[QuarantineRow]) -> clickhouse::error::Result<()> {
        let client = &self.database();
        let mut inserts: Vec<BoxFuture<'_, clickhouse::error::Result<()>>> = Vec::new();
        macro_rules! tables {
            ($($table:ident),+) => {
                $(if !rows.$table.is_empty() {
                    inserts.push(Box::pin(insert(client, stringify!($table), &rows.$table)));
                })+
            };
        }
        tables!(
            downloads,
            deliveries,
            media_daily,
            collection_quarter_hourly,
            client_daily,
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
            inserts.push(Box::pin(insert(client, "quarantine", quarantine)));
        }
        try_join_all(inserts).await?;
        if rows.events.is_empty() { Ok(()) } else { insert(client, "events", &rows.events).await }
    }

    /// Records that the rows of these offset ranges are written.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn write_ledger(&self, ledger: &[LedgerRow]) -> clickhouse::error::Result<()> {
        insert(&self.database(), "ledger", ledger).await
    }
}

pub(super) async fn insert<R>(client: &Client, table: &str, rows: &[R]) -> clickhouse::error::Result<()>
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
