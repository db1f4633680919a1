//! What the query API is told at start.

use std::net::SocketAddr;
use std::path::PathBuf;

use loupe_service::config::{Invalid, Secret, Validate};
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
    /// The database the projector writes.
    #[serde(default = "database")]
    pub database: String,
    /// The user to read as; ClickHouse's default user when absent.
    #[serde(default)]
    pub clickhouse_user: Option<String>,
    /// That user's password.
    #[serde(default)]
    pub clickhouse_password: Option<Secret>,
    /// The file of hashed API keys; followed when it changes.
    pub keys_file: PathBuf,
    /// Signs cursors, at least 16 bytes; the same in every process that serves the same readers.
    pub cursor_key: Secret,
    /// How long a read waits for `Loupe-Min-Position`, in milliseconds (rule 101).
    #[serde(default = "ten_seconds")]
    pub min_position_wait_ms: u64,
    /// How long one statement may take, in milliseconds.
    #[serde(default = "ten_seconds")]
    pub query_timeout_ms: u64,
}

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn database() -> String {
    "loupe_v1".to_owned()
}

fn ten_seconds() -> u64 {
    10_000
}

impl Validate for Config {
    fn validate(&self) -> Result<(), Invalid> {
        let long = self.cursor_key.expose().len() >= CURSOR_KEY_BYTES_MIN;
        Invalid::unless(long, "cursor_key", "must be at least 16 bytes")?;
        Invalid::unless(self.query_timeout_ms > 0, "query_timeout_ms", "must be at least 1")?;
        Invalid::unless(self.clickhouse_url.starts_with("http"), "clickhouse_url", "must be an http URL")
    }
}
