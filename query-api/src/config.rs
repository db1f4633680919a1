//! What the query API is told at start.

use std::net::SocketAddr;
use std::path::PathBuf;

use loupe_service::config::{Invalid, Secret, Validate};
use loupe_service::lifecycle;
use loupe_service::pem::Authorities;
use serde::Deserialize;

/// What the name of every environment variable of the query API starts with.
pub const PREFIX: &str = "LOUPE_QUERY";

const CURSOR_KEY_BYTES_MIN: usize = 16;

/// The configuration of the query API; the secrets in it are redacted when it is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where HTTP is served.
    #[serde(default = "listen")]
    pub listen: SocketAddr,
    /// ClickHouse's HTTP interface, such as `http://127.0.0.1:8123`.
    pub clickhouse_url: String,
    /// The database to read; absent for the one that is served, which changes when a rebuilt one takes its place.
    #[serde(default)]
    pub database: Option<String>,
    /// The projector's database of views, where it says which database is served; empty where it says nothing.
    #[serde(default = "views_database")]
    pub views_database: String,
    /// The user to read as; ClickHouse's default user when absent.
    #[serde(default)]
    pub clickhouse_user: Option<String>,
    /// That user's password.
    #[serde(default)]
    pub clickhouse_password: Option<Secret>,
    /// A PEM file of the authorities that ClickHouse's certificate may be signed by, with an `https` URL; the system's
    /// when absent.
    #[serde(default)]
    pub clickhouse_ca_file: Option<Authorities>,
    /// How many connections are served at once; more wait until one ends.
    #[serde(default = "connections_max")]
    pub connections_max: usize,
    /// How long the head of a request may take, and a connection be idle, in milliseconds.
    #[serde(default = "head_timeout_ms")]
    pub head_timeout_ms: u64,
    /// The file of hashed API keys; followed when it changes.
    pub keys_file: PathBuf,
    /// The base URL of ingest, which writes erasures to the log; without it they are answered 501.
    #[serde(default)]
    pub ingest_url: Option<String>,
    /// A key that may write events there, of every account that may erase here; required with `ingest_url`.
    #[serde(default)]
    pub ingest_key: Option<Secret>,
    /// Signs cursors, at least 16 bytes; the same in every process that serves the same readers.
    pub cursor_key: Secret,
    /// How long a read waits for `Loupe-Min-Position`, in milliseconds (rule 101).
    #[serde(default = "ten_seconds")]
    pub min_position_wait_ms: u64,
    /// How long one statement may take, in milliseconds.
    #[serde(default = "ten_seconds")]
    pub query_timeout_ms: u64,
    /// How many rows one statement may read.
    #[serde(default = "rows_max")]
    pub query_rows_max: u64,
    /// How much memory one statement may take in ClickHouse, in bytes.
    #[serde(default = "memory_max")]
    pub query_memory_bytes_max: u64,
    /// How many threads one statement may use in ClickHouse; half as many while another account asks, too.
    #[serde(default = "threads_max")]
    pub query_threads_max: u64,
    /// How often the projection's position is looked at, in milliseconds; answers include at least what it was then. A third
    /// as often while nobody asks and it does not move; the first who asks then waits for a look.
    #[serde(default = "position_poll")]
    pub position_poll_ms: u64,
    /// How many requests one key may make in a minute.
    #[serde(default = "requests_per_minute")]
    pub requests_per_minute: u32,
    /// How many statements of one account run in ClickHouse at once; others of that account wait their turn.
    #[serde(default = "statements_per_account")]
    pub statements_per_account: usize,
    /// How many statements run in ClickHouse at once, over all accounts, of accounts whose statements queue deeper than
    /// `statements_per_account` and have run for long while another account asks; a part of ClickHouse's cores.
    #[serde(default = "statements_beyond_share")]
    pub statements_beyond_share: usize,
    /// How many activity streams one key may follow at once.
    #[serde(default = "streams_per_key")]
    pub streams_per_key: usize,
    /// How many exports one account may have open at once.
    #[serde(default = "exports_per_account")]
    pub exports_per_account: usize,
}

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn views_database() -> String {
    "loupe".to_owned()
}

fn ten_seconds() -> u64 {
    10_000
}

fn rows_max() -> u64 {
    500_000_000
}

fn memory_max() -> u64 {
    4 << 30
}

fn threads_max() -> u64 {
    2
}

fn position_poll() -> u64 {
    100
}

fn requests_per_minute() -> u32 {
    6_000
}

fn statements_per_account() -> usize {
    4
}

fn statements_beyond_share() -> usize {
    1
}

fn streams_per_key() -> usize {
    8
}

fn exports_per_account() -> usize {
    4
}

fn connections_max() -> usize {
    lifecycle::CONNECTIONS_MAX
}

fn head_timeout_ms() -> u64 {
    lifecycle::HEAD_TIMEOUT_MS
}

impl Config {
    /// What bounds connections.
    #[must_use]
    pub fn connections(&self) -> lifecycle::Limits {
        lifecycle::Limits::of(self.connections_max, self.head_timeout_ms)
    }
}

impl Validate for Config {
    fn validate(&self) -> Result<(), Invalid> {
        let long = self.cursor_key.expose().len() >= CURSOR_KEY_BYTES_MIN;
        Invalid::unless(long, "cursor_key", "must be at least 16 bytes")?;
        let positive = [
            (self.query_timeout_ms, "query_timeout_ms"),
            (self.query_rows_max, "query_rows_max"),
            (self.query_memory_bytes_max, "query_memory_bytes_max"),
            (self.query_threads_max, "query_threads_max"),
            (self.position_poll_ms, "position_poll_ms"),
            (self.requests_per_minute.into(), "requests_per_minute"),
            (self.statements_per_account as u64, "statements_per_account"),
            (self.statements_beyond_share as u64, "statements_beyond_share"),
            (self.exports_per_account as u64, "exports_per_account"),
            (self.streams_per_key as u64, "streams_per_key"),
            (self.connections_max as u64, "connections_max"),
            (self.head_timeout_ms, "head_timeout_ms"),
        ];
        for (value, name) in positive {
            Invalid::unless(value > 0, name, "must be at least 1")?;
        }
        let is_http = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        Invalid::unless(self.ingest_url.iter().all(is_http), "ingest_url", "must be an http or https URL")?;
        let is_both = self.ingest_url.is_some() == self.ingest_key.is_some();
        Invalid::unless(is_both, "ingest_key", "must be set exactly when `ingest_url` is")?;
        let is_name =
            |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let views = Some(self.views_database.as_str()).filter(|name| !name.is_empty());
        for (value, name) in [(self.database.as_deref(), "database"), (views, "views_database")] {
            Invalid::unless(value.is_none_or(is_name), name, "must be letters, digits and underscores")?;
        }
        Invalid::unless(self.clickhouse_url.starts_with("http"), "clickhouse_url", "must be an http URL")
    }
}
