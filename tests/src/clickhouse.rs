//! ClickHouse as a program asks it: statements, and what a database holds.

use anyhow::{Context, ensure};

/// ClickHouse's HTTP interface.
#[derive(Debug, Clone)]
pub struct ClickHouse {
    /// Where it is.
    pub url: String,
    http: reqwest::Client,
}

/// What a database holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct AtRest {
    /// Bytes on disk once all parts are merged.
    pub bytes: u64,
    /// Active parts before that.
    pub parts: u64,
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

    /// Makes a database anew.
    ///
    /// # Errors
    /// It was refused.
    pub async fn recreate(&self, database: &str) -> anyhow::Result<()> {
        self.drop(database).await?;
        self.ask(&format!("CREATE DATABASE {database}")).await.map(drop)
    }

    /// Drops a database and its files.
    ///
    /// # Errors
    /// It was refused.
    pub async fn drop(&self, database: &str) -> anyhow::Result<()> {
        self.ask(&format!("DROP DATABASE IF EXISTS {database} SYNC")).await.map(drop)
    }

    /// What a database holds; merges it first, so that systems with more parts do not look larger.
    ///
    /// # Errors
    /// A table cannot be merged, or it was not answered.
    pub async fn at_rest(&self, database: &str) -> anyhow::Result<AtRest> {
        let active = format!("FROM system.parts WHERE active AND database = '{database}'");
        let parts = self.number(&format!("SELECT count() {active}")).await?;
        let tables = self.ask(&format!("SELECT DISTINCT table {active}")).await?;
        for table in tables.lines() {
            self.ask(&format!("OPTIMIZE TABLE {database}.{table} FINAL")).await?;
        }
        let bytes = self.number(&format!("SELECT sum(bytes_on_disk) {active}")).await?;
        Ok(AtRest { bytes, parts })
    }
}
