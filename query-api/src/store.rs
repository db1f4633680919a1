//! Reading ClickHouse: statements with bound parameters, rows as JSON objects.

use std::time::Duration;

use clickhouse::Client;
use loupe_schemas::{position::Position, topics};
use loupe_service::problem::Problem;
use serde_json::Value;

use crate::config::Config;
use crate::json::Row;
use crate::page::Window;
use crate::parameters::Selection;

/// The tables, read within a time limit.
#[derive(Clone)]
pub(crate) struct Store {
    client: Client,
    timeout: Duration,
}

impl Store {
    pub(crate) fn new(config: &Config) -> Self {
        let mut client = Client::default().with_url(&config.clickhouse_url).with_database(&config.database);
        if let Some(user) = &config.clickhouse_user {
            client = client.with_user(user);
        }
        if let Some(password) = &config.clickhouse_password {
            client = client.with_password(password.expose());
        }
        Self { client, timeout: Duration::from_millis(config.query_timeout_ms) }
    }

    /// The rows of a statement over a selection.
    pub(crate) async fn rows(&self, sql: &str, selection: &Selection) -> Result<Vec<Row>, Problem> {
        self.fetch(selection.bind(self.client.query_raw(sql))).await
    }

    /// The one row of a statement that always has one.
    pub(crate) async fn row(&self, sql: &str, selection: &Selection) -> Result<Row, Problem> {
        Ok(self.rows(sql, selection).await?.into_iter().next().unwrap_or_default())
    }

    /// The rows of a window of a selection.
    pub(crate) async fn page(
        &self,
        sql: [&str; 2],
        selection: &Selection,
        window: &Window,
    ) -> Result<Vec<Row>, Problem> {
        let sql = sql[usize::from(selection.descending)];
        self.fetch(window.bind(selection.bind(self.client.query_raw(sql)))).await
    }

    /// The rows of a statement about some downloads.
    pub(crate) async fn by_download(
        &self,
        sql: &str,
        selection: &Selection,
        ids: &[String],
    ) -> Result<Vec<Row>, Problem> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.fetch(selection.bind(self.client.query_raw(sql)).param("download_ids", ids)).await
    }

    /// Id, email and name of clients; erased and unknown ones are absent (rule 15).
    pub(crate) async fn names(&self, account: u64, ids: &[&str]) -> Result<Vec<Row>, Problem> {
        let sql = include_str!("clients/names.sql");
        self.fetch(self.client.query_raw(sql).param("account", account).param("client_ids", ids)).await
    }

    /// The rows of a statement about a whole account.
    pub(crate) async fn of_account(&self, sql: &str, account: u64) -> Result<Vec<Row>, Problem> {
        self.fetch(self.client.query_raw(sql).param("account", account)).await
    }

    /// The rows of a statement about the pipeline itself.
    pub(crate) async fn operations(&self, sql: &str, as_of: i64, recent_us: i64) -> Result<Vec<Row>, Problem> {
        self.fetch(self.client.query_raw(sql).param("as_of", as_of).param("recent_us", recent_us)).await
    }

    /// Whether the account has the collection (rule 102).
    pub(crate) async fn collection_exists(&self, selection: &Selection) -> Result<bool, Problem> {
        let row = self.row(include_str!("collection/exists.sql"), selection).await?;
        Ok(row.get("found").and_then(Value::as_u64) == Some(1))
    }

    /// How far the projection is.
    pub(crate) async fn position(&self) -> Result<Position, Problem> {
        let sql = "SELECT topic, partition, max(next_offset) AS next FROM positions GROUP BY topic, partition";
        let mut position = Position::default();
        for row in self.fetch(self.client.query_raw(sql)).await? {
            let topic = row.get("topic").and_then(Value::as_str).and_then(topics::by_name);
            let partition = row.get("partition").and_then(Value::as_i64).and_then(|number| i32::try_from(number).ok());
            if let (Some(topic), Some(partition), Some(next)) =
                (topic, partition, row.get("next").and_then(Value::as_i64))
            {
                position.advance(topic, partition, next);
            }
        }
        Ok(position)
    }

    async fn fetch(&self, query: clickhouse::query::Query) -> Result<Vec<Row>, Problem> {
        let read = async { query.fetch_bytes("JSONEachRow")?.collect().await };
        let bytes = match tokio::time::timeout(self.timeout, read).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(clickhouse::error::Error::Network(error))) => {
                tracing::warn!(%error, "ClickHouse is away");
                return Err(Problem::unavailable("database_unavailable", "the database is away; try again", 1));
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "a query failed");
                return Err(Problem::internal());
            }
            Err(_) => return Err(Problem::unavailable("query_timeout", "the query took too long", 5)),
        };
        let rows = serde_json::Deserializer::from_slice(&bytes).into_iter::<Row>().collect::<Result<Vec<_>, _>>();
        rows.map_err(|error| {
            tracing::error!(%error, "a query's rows are not JSON");
            Problem::internal()
        })
    }
}
