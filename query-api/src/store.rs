//! Reading ClickHouse: statements with bound parameters, rows as JSON objects, within limits of time, rows and memory.

use std::sync::Arc;
use std::time::Duration;

use clickhouse::Client;
use clickhouse::query::{BytesCursor, Query};
use futures::{Stream, stream};
use loupe_schemas::{position::Position, topics};
use loupe_service::causes::with_causes;
use loupe_service::problem::Problem;
use serde_json::Value;
use tracing::Instrument;

use crate::config::Config;
use crate::json::Row;
use crate::limits::{Limits, Turn};
use crate::page::Window;
use crate::parameters::{Selection, times_inside};
use crate::trace::Trace;

/// Rows handed on at a time from a streamed statement, which bounds what an export holds in memory.
const BATCH_ROWS: usize = 1_000;
/// Answers longer than this are parsed apart from the threads that serve everybody.
const LARGE_BYTES: usize = 256 * 1024;
/// Bytes of ids in one parameter: ClickHouse refuses one of more than 128 KiB (`http_max_field_value_size`).
const IDS_BYTES_MAX: usize = 120 * 1024;
/// ClickHouse's priorities, of which a smaller number goes first: a statement gives way, at each block it reads and for
/// so long at most, while one of a smaller number runs. What an account asks beyond its share gives way to what others
/// ask within theirs, and exports to whatever somebody waits for.
const WITHIN_SHARE: &str = "1";
const BEYOND_SHARE: &str = "2";
const EXPORT: &str = "3";
const GIVE_WAY_MS: &str = "250";
const EXPORT_GIVES_WAY_MS: &str = "1000";
/// What gives way does so between blocks, so it works on one at a time: the fewer it is amid, the sooner it has stopped.
const GIVES_WAY_THREADS: &str = "1";
/// The nice value of an export's threads, where ClickHouse has CAP_SYS_NICE: a tenth of a core that another thread wants too.
/// What somebody waits for has none, since inserts have none: beside a backlog it would hardly get on.
const EXPORT_NICE: &str = "10";
/// Sorting an export spills to disk past this, so that its memory does not grow with its rows.
const SORT_BYTES_MAX: &str = "268435456";

/// The tables, read within limits; for one request, in its account's turn and on its account.
#[derive(Clone)]
pub(crate) struct Store {
    client: Client,
    timeout: Duration,
    /// How long an export may wait for the next bytes.
    stall_timeout: Duration,
    settings: Arc<Vec<(&'static str, String)>>,
    /// How many threads a statement uses while another account asks, too.
    threads_beside_others: Arc<str>,
    asked: Option<Asked>,
}

/// The request that statements are for.
#[derive(Clone)]
struct Asked {
    limits: Arc<Limits>,
    trace: Arc<Trace>,
    account: u64,
    comment: String,
}

impl Store {
    pub(crate) fn new(config: &Config) -> Self {
        let (user, password) = (config.clickhouse_user.as_deref(), config.clickhouse_password.as_ref());
        let authorities = config.clickhouse_ca_file.as_ref();
        let client = loupe_service::clickhouse::client(&config.clickhouse_url, user, password, authorities);
        let seconds = config.query_timeout_ms.div_ceil(1000);
        let settings = vec![
            ("max_rows_to_read", config.query_rows_max.to_string()),
            ("max_memory_usage", config.query_memory_bytes_max.to_string()),
            ("max_threads", config.query_threads_max.to_string()),
            ("max_execution_time", seconds.to_string()),
            ("low_priority_query_wait_time_ms", GIVE_WAY_MS.to_owned()),
            // Whoever leaves gives their place back, so what they asked for has to end; ClickHouse ends nothing that may write.
            ("cancel_http_readonly_queries_on_client_close", "1".to_owned()),
            ("readonly", "2".to_owned()),
            // Where tables are spread over shards, an account's rows lie in one of them: it alone is asked, its own parts
            // are joined there, and an answer without it would be wrong. On a single node nothing changes.
            ("optimize_skip_unused_shards", "1".to_owned()),
            ("distributed_product_mode", "local".to_owned()),
            ("skip_unavailable_shards", "0".to_owned()),
        ];
        Self {
            client,
            timeout: Duration::from_millis(config.query_timeout_ms),
            stall_timeout: Duration::from_millis(config.query_timeout_ms.saturating_mul(6)),
            settings: Arc::new(settings),
            threads_beside_others: config.query_threads_max.div_ceil(2).to_string().into(),
            asked: None,
        }
    }

    /// The same tables of this database.
    pub(crate) fn of(&self, database: &str) -> Self {
        Self { client: self.client.clone().with_database(database), ..self.clone() }
    }

    /// Whether this database of views has the table in which the projector says what is served.
    pub(crate) async fn has_served(&self, views: &str) -> Result<bool, Problem> {
        self.exists(&format!("`{views}`.served")).await
    }

    /// The database that is served, as the projector says in this database of views; none when it says nothing.
    pub(crate) async fn served(&self, views: &str) -> Result<Option<String>, Problem> {
        let sql = format!("SELECT database FROM `{views}`.served ORDER BY step DESC, served_from DESC LIMIT 1");
        let rows = self.fetch(self.client.query_raw(&sql)).await?;
        Ok(rows.first().and_then(|row| Some(row.get("database")?.as_str()?.to_owned())))
    }

    /// The definition that the tables name; none of tables that are older than that.
    pub(crate) async fn definition(&self) -> Result<Option<Row>, Problem> {
        if !self.exists("definition").await? {
            return Ok(None);
        }
        let sql = "SELECT version, text FROM definition ORDER BY recorded_at LIMIT 1";
        Ok(self.fetch(self.client.query_raw(sql)).await?.into_iter().next())
    }

    async fn exists(&self, table: &str) -> Result<bool, Problem> {
        let rows = self.fetch(self.client.query_raw(&format!("EXISTS TABLE {table}"))).await?;
        Ok(rows.first().and_then(|row| row.get("result")?.as_u64()) == Some(1))
    }

    /// The same for one request of an account.
    pub(crate) fn asked_by(&self, limits: &Arc<Limits>, trace: &Arc<Trace>, account: u64) -> Self {
        let comment = trace.comment();
        let asked = Asked { limits: Arc::clone(limits), trace: Arc::clone(trace), account, comment };
        Self { asked: Some(asked), ..self.clone() }
    }

    /// Counts rows of the answer.
    pub(crate) fn answers(&self, rows: usize) {
        if let Some(asked) = &self.asked {
            asked.trace.answers(rows as u64);
        }
    }

    /// The rows of a statement over a selection.
    pub(crate) async fn rows(&self, sql: &str, selection: &Selection) -> Result<Vec<Row>, Problem> {
        self.fetch(selection.bind(self.client.query_raw(sql))).await
    }

    /// The rows of a statement over a selection that takes some numbers beside it.
    pub(crate) async fn rows_with(
        &self,
        sql: &str,
        selection: &Selection,
        numbers: &[(&str, i64)],
    ) -> Result<Vec<Row>, Problem> {
        let query = selection.bind(self.client.query_raw(sql));
        self.fetch(numbers.iter().fold(query, |query, (name, number)| query.param(name, number))).await
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

    /// Every row of a selection in its order, some at a time as ClickHouse sends them; dropping the stream ends the
    /// statement.
    pub(crate) fn every_row(
        &self,
        sql: [&str; 2],
        selection: &Selection,
    ) -> Result<impl Stream<Item = Result<Vec<Row>, Problem>> + Send + 'static, Problem> {
        let sql = sql[usize::from(selection.descending)];
        let query = Window::EVERYTHING.bind(selection.bind(self.client.query_raw(sql)));
        // An export may take as long as its reader does; a memory limit still holds, and sorting spills.
        let query = giving_way(self.limited(query), EXPORT)
            .with_setting("max_execution_time", "0")
            .with_setting("os_threads_nice_value_query", EXPORT_NICE)
            .with_setting("low_priority_query_wait_time_ms", EXPORT_GIVES_WAY_MS)
            .with_setting("max_bytes_before_external_sort", SORT_BYTES_MAX);
        let cursor = query.fetch_bytes("JSONEachRow").map_err(refused)?;
        let lines = Lines { cursor, rest: Vec::new(), is_done: false, stall_timeout: self.stall_timeout };
        Ok(stream::try_unfold((lines, self.asked.clone()), async |(mut lines, asked)| {
            let rows = lines.next(BATCH_ROWS).await?;
            if rows.is_empty() {
                let read = lines.cursor.summary().map(|summary| (summary.read_rows(), summary.read_bytes()));
                note(asked.as_ref(), read);
                return Ok(None);
            }
            Ok(Some((rows, (lines, asked))))
        }))
    }

    /// The rows of a statement about some downloads.
    pub(crate) async fn by_download(
        &self,
        sql: &str,
        selection: &Selection,
        ids: &[String],
    ) -> Result<Vec<Row>, Problem> {
        let about = |part: &[String]| {
            let (first, end) = times_inside(part);
            let query = selection.bind(self.client.query_raw(sql)).param("download_ids", part);
            query.param("ids_from", first).param("ids_to", end)
        };
        self.in_parts(ids, about).await
    }

    /// Id, email and name of clients; erased and unknown ones are absent (rule 15).
    pub(crate) async fn names(&self, account: u64, ids: &[&str]) -> Result<Vec<Row>, Problem> {
        let sql = include_str!("clients/names.sql");
        let about = |part: &[&str]| self.client.query_raw(sql).param("account", account).param("client_ids", part);
        self.in_parts(ids, about).await
    }

    /// The rows of statements about some ids each: one parameter has only so many bytes in ClickHouse.
    async fn in_parts<I: AsRef<str>>(&self, ids: &[I], about: impl Fn(&[I]) -> Query) -> Result<Vec<Row>, Problem> {
        let mut rows = Vec::new();
        for part in parts(ids, IDS_BYTES_MAX) {
            rows.extend(self.fetch(about(part)).await?);
        }
        Ok(rows)
    }

    /// The rows of a statement about a whole account.
    pub(crate) async fn of_account(&self, sql: &str, account: u64) -> Result<Vec<Row>, Problem> {
        self.fetch(self.client.query_raw(sql).param("account", account)).await
    }

    /// The rows of a statement about a client of an account, by the hash of the client's id.
    pub(crate) async fn of_client(&self, sql: &str, account: u64, client_hash: u128) -> Result<Vec<Row>, Problem> {
        let query = self.client.query_raw(sql).param("account", account);
        self.fetch(query.param("client_hash", client_hash.to_string())).await
    }

    /// The rows of a statement about the pipeline itself.
    pub(crate) async fn operations(&self, sql: &str, as_of: i64, recent_us: i64) -> Result<Vec<Row>, Problem> {
        self.fetch(self.client.query_raw(sql).param("as_of", as_of).param("recent_us", recent_us)).await
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

    /// The statement with this process's limits, and whose it is.
    fn limited(&self, query: Query) -> Query {
        let query = self.settings.iter().fold(query, |query, (name, value)| query.with_setting(*name, value));
        match &self.asked {
            Some(asked) => query.with_setting("log_comment", &asked.comment),
            None => query,
        }
    }

    /// The account's turn, when a request asks.
    async fn turn(&self) -> Result<Option<Turn>, Problem> {
        match &self.asked {
            Some(asked) => asked.limits.statement(asked.account).await.map(Some),
            None => Ok(None),
        }
    }

    async fn fetch(&self, query: Query) -> Result<Vec<Row>, Problem> {
        let turn = self.turn().await?;
        let query = self.limited(query).with_setting("priority", WITHIN_SHARE);
        let query = match &turn {
            Some(turn) if turn.is_beyond_share() => giving_way(query, BEYOND_SHARE),
            Some(turn) if turn.is_shared() => query.with_setting("max_threads", &*self.threads_beside_others),
            _ => query,
        };
        let span = tracing::info_span!("statement", otel.kind = "client", db.system.name = "clickhouse");
        let read = async {
            let mut cursor = query.fetch_bytes("JSONEachRow")?;
            let bytes = cursor.collect().await?;
            Ok((bytes, cursor.summary().map(|summary| (summary.read_rows(), summary.read_bytes()))))
        };
        match tokio::time::timeout(self.timeout, read.instrument(span)).await {
            Ok(Ok((bytes, read))) => {
                note(self.asked.as_ref(), read);
                if bytes.len() < LARGE_BYTES {
                    return parsed(&bytes);
                }
                let parsed = tokio::task::spawn_blocking(move || parsed(&bytes)).await;
                parsed.unwrap_or_else(|_| Err(Problem::internal()))
            }
            Ok(Err(error)) => Err(refused(error)),
            Err(_) => Err(too_long()),
        }
    }
}

/// Ids in parts that take at most so many bytes as a parameter, but for an id that alone takes more.
fn parts<I: AsRef<str>>(ids: &[I], bytes_max: usize) -> impl Iterator<Item = &[I]> {
    // Quoted within an array, which is escaped as a whole: what has to be escaped may become four bytes.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let bytes = move |id: &I| 3 + id.as_ref().bytes().map(|byte| if plain(byte) { 1 } else { 4 }).sum::<usize>();
    let mut left = ids;
    std::iter::from_fn(move || {
        if left.is_empty() {
            return None;
        }
        let mut taken = 0;
        let fits = |id: &&I| {
            taken += bytes(id);
            taken <= bytes_max
        };
        let count = left.iter().take_while(fits).count().max(1);
        let (part, rest) = left.split_at(count);
        left = rest;
        Some(part)
    })
}

/// The statement as one that gives way to those of smaller `priority`.
fn giving_way(query: Query, priority: &str) -> Query {
    query.with_setting("priority", priority).with_setting("max_threads", GIVES_WAY_THREADS)
}

/// Notes on a request what ClickHouse says it read.
fn note(asked: Option<&Asked>, read: Option<(Option<u64>, Option<u64>)>) {
    if let Some(asked) = asked {
        let (rows, bytes) = read.unwrap_or_default();
        asked.trace.reads(rows.unwrap_or(0), bytes.unwrap_or(0));
    }
}

fn parsed(bytes: &[u8]) -> Result<Vec<Row>, Problem> {
    let rows = serde_json::Deserializer::from_slice(bytes).into_iter::<Row>().collect::<Result<Vec<_>, _>>();
    rows.map_err(|error| {
        tracing::error!(%error, "a query's rows are not JSON");
        Problem::internal()
    })
}

fn too_long() -> Problem {
    Problem::unavailable("query_timeout", "the query took too long; ask for a shorter period or try again", 5)
}

/// The answer to a request whose statement failed; what ClickHouse's limits refuse is said to be so.
fn refused(error: clickhouse::error::Error) -> Problem {
    let text = with_causes(&error);
    let away = || {
        tracing::warn!(error = text, "ClickHouse is away");
        Problem::unavailable("database_unavailable", "the database is away; try again", 1).with_cause(&text)
    };
    match error {
        clickhouse::error::Error::Network(_) => return away(),
        clickhouse::error::Error::TimedOut => return too_long(),
        _ => {}
    }
    let has = |name: &str| text.contains(name);
    if has("TIMEOUT_EXCEEDED") {
        return too_long();
    }
    // What all statements together take is nobody's query alone: the same one may do in a moment.
    let is_of_all = ["(total)", "(for user)", "User memory limit"].into_iter().any(has);
    if has("TOO_MANY_SIMULTANEOUS_QUERIES") || (has("MEMORY_LIMIT_EXCEEDED") && is_of_all) {
        tracing::warn!(error = text, "ClickHouse is busy");
        return Problem::unavailable("database_busy", "the database is busy; try again", 1).with_cause(&text);
    }
    if has("TOO_MANY_ROWS") || has("MEMORY_LIMIT_EXCEEDED") || has("TOO_MANY_ROWS_OR_BYTES") {
        tracing::warn!(error = text, "a query is larger than its limits");
        let message = "the query reads more than one may; ask for a shorter period or fewer media";
        return Problem::bad_request("query_too_large", message);
    }
    if has("AUTHENTICATION_FAILED") {
        return away();
    }
    tracing::error!(error = text, "a query failed");
    Problem::internal().with_cause(&text)
}

/// The lines of a streamed result.
struct Lines {
    cursor: BytesCursor,
    rest: Vec<u8>,
    is_done: bool,
    stall_timeout: Duration,
}

impl Lines {
    /// At least `count` rows, or what is left; none at the end.
    async fn next(&mut self, count: usize) -> Result<Vec<Row>, Problem> {
        let mut rows = Vec::new();
        while rows.len() < count && !self.is_done {
            let chunk = tokio::time::timeout(self.stall_timeout, self.cursor.next()).await.map_err(|_| too_long())?;
            match chunk.map_err(refused)? {
                Some(chunk) => self.rest.extend_from_slice(&chunk),
                None => self.is_done = true,
            }
            let end = if self.is_done { self.rest.len() } else { last_line_end(&self.rest) };
            rows.extend(parsed(&self.rest[..end])?);
            self.rest.drain(..end);
        }
        Ok(rows)
    }
}

fn last_line_end(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_too_large_only_for_its_own_limits() {
        for (says, status, code) in [
            ("Memory limit (total) exceeded: would use 9.00 GiB. (MEMORY_LIMIT_EXCEEDED)", 503, "database_busy"),
            ("(total) memory limit exceeded: would use 9.00 GiB. (MEMORY_LIMIT_EXCEEDED)", 503, "database_busy"),
            ("User memory limit exceeded: would use 9.00 GiB. (MEMORY_LIMIT_EXCEEDED)", 503, "database_busy"),
            ("Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)", 503, "database_busy"),
            ("Query memory limit exceeded: would use 2.00 GiB. (MEMORY_LIMIT_EXCEEDED)", 400, "query_too_large"),
            ("Limit for rows to read exceeded. (TOO_MANY_ROWS)", 400, "query_too_large"),
        ] {
            let problem = refused(clickhouse::error::Error::BadResponse(says.to_owned()));
            assert_eq!((problem.status().as_u16(), problem.code()), (status, code), "{says}");
            let headers = axum::response::IntoResponse::into_response(problem).headers().clone();
            assert_eq!(headers.contains_key("retry-after"), status == 503, "{says}");
        }
    }

    #[test]
    fn ids_are_parted_by_what_they_take_and_each_is_in_one() {
        let of = |ids: &[&'static str], bytes_max| parts(ids, bytes_max).map(<[_]>::to_vec).collect::<Vec<_>>();
        assert!(of(&[], 100).is_empty());
        assert_eq!(of(&["cl_1", "cl_2", "cl_3"], 14), [vec!["cl_1", "cl_2"], vec!["cl_3"]]);
        assert_eq!(of(&["cl_1", "cl_2", "cl_3"], 21), [vec!["cl_1", "cl_2", "cl_3"]]);
        assert_eq!(of(&["a\\b", "c"], 12), [vec!["a\\b"], vec!["c"]], "a backslash may become four");
        assert_eq!(of(&["much_longer", "c"], 5), [["much_longer"], ["c"]]);
        assert_eq!(parts(&vec!["cl_VOZBrWa5d3uBozumT634SWDt1bouwV"; 1_000], IDS_BYTES_MAX).count(), 1, "a page is one");
    }
}
