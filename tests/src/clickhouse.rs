//! ClickHouse as a program asks it: statements, and what a database holds.

use anyhow::{Context, ensure};

/// ClickHouse's HTTP interface.
#[derive(Debug, Clone)]
pub struct ClickHouse {
    /// Where it is.
    pub url: String,
    http: reqwest::Client,
}

impl ClickHouse {
    /// The interface at this URL.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), http: reqwest::Client::new() }
    }

    /// The text a statement answers.
    ///
    /// # Errors
    /// It was refused, which says why, or not answered.
    pub async fn ask(&self, statement: &str) -> anyhow::Result<String> {
        let answer = self.http.post(&self.url).body(statement.to_owned()).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{statement}: {text}");
        Ok(text.trim_end().to_owned())
    }

    /// The number a statement answers; 0 for nothing.
    ///
    /// # Errors
    /// It was refused, or its answer is no number.
    pub async fn number(&self, statement: &str) -> anyhow::Result<u64> {
        let text = self.ask(statement).await?;
        if text.is_empty() { Ok(0) } else { text.parse().with_context(|| format!("{statement}: {text}")) }
    }

    /// Rows written by inserts and views since the engine started.
    ///
    /// # Errors
    /// It was not answered.
    pub async fn inserted_rows(&self) -> anyhow::Result<u64> {
        self.number("SELECT sum(value) FROM system.events WHERE event = 'InsertedRows'").await
    }

    /// Puts a database aside, if there is one: nothing happens in it any more, and its files stay. File systems are
    /// slow to make files while others were deleted lately, and whoever is measured next would pay for that.
    ///
    /// # Errors
    /// It was refused.
    pub async fn put_aside(&self, database: &str) -> anyhow::Result<()> {
        let of = format!("FROM system.tables WHERE database = '{database}'");
        // Views name the tables they write to, so they would hold the database back.
        let views = self.ask(&format!("SELECT name {of} AND engine IN ('MaterializedView', 'Kafka')")).await?;
        for view in views.lines() {
            self.ask(&format!("DROP TABLE {database}.{view} SYNC")).await?;
        }
        for table in self.ask(&format!("SELECT name {of} AND engine LIKE '%MergeTree'")).await?.lines() {
            self.ask(&format!("SYSTEM STOP MERGES {database}.{table}")).await?;
        }
        let before = self.number("SELECT count() FROM system.databases WHERE name LIKE 'aside_%'").await?;
        if self.number(&format!("SELECT count() FROM system.databases WHERE name = '{database}'")).await? > 0 {
            self.ask(&format!("RENAME DATABASE {database} TO aside_{before}")).await?;
        }
        Ok(())
    }

    /// The active parts of a database.
    ///
    /// # Errors
    /// It was not answered.
    pub async fn parts(&self, database: &str) -> anyhow::Result<u64> {
        self.number(&format!("SELECT count() FROM system.parts WHERE active AND database = '{database}'")).await
    }

    /// The bytes on disk of a database; merges it first, so that systems with more parts do not look larger.
    ///
    /// # Errors
    /// A table cannot be merged, or it was not answered.
    pub async fn bytes_at_rest(&self, database: &str) -> anyhow::Result<u64> {
        let active = format!("FROM system.parts WHERE active AND database = '{database}'");
        let tables = self.ask(&format!("SELECT DISTINCT table {active}")).await?;
        for table in tables.lines() {
            self.ask(&format!("OPTIMIZE TABLE {database}.{table} FINAL")).await?;
        }
        self.number(&format!("SELECT sum(bytes_on_disk) {active}")).await
    }
}
