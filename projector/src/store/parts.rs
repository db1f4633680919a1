//! How many parts the tables are in: reading costs more with each.

use clickhouse::Row;
use serde::Deserialize;

use super::Store;

#[derive(Debug, Row, Deserialize)]
struct Parts {
    table: String,
    parts: u64,
}

impl Store {
    /// Of each table the active parts of the partition that has most.
    ///
    /// # Errors
    /// The query failed.
    pub async fn parts(&self) -> clickhouse::error::Result<Vec<(String, u64)>> {
        let query = "SELECT table, max(parts) AS parts FROM (SELECT table, partition, count() AS parts FROM system.parts \
                     WHERE active AND database = ? GROUP BY table, partition) GROUP BY table";
        let rows: Vec<Parts> = self.database().query(query).bind(self.name()).fetch_all().await?;
        Ok(rows.into_iter().map(|row| (row.table, row.parts)).collect())
    }
}
