//! What an engine process is told.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Who may ask an engine, and how it proves itself: also options of a command line.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Access {
    /// When set, requests must come from this user.
    #[arg(long, env = "LOUPE_CLICKHOUSE_USER", requires = "password")]
    pub user: Option<String>,
    /// When set, requests must carry it; when not, any user and password are accepted.
    #[arg(long, env = "LOUPE_CLICKHOUSE_PASSWORD", hide_env_values = true)]
    pub password: Option<String>,
    /// A PEM file of the server's certificate and those between it and an authority; HTTPS is served with it.
    #[arg(long, requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// A PEM file of the certificate's private key.
    #[arg(long, requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
}

/// How to open an engine and serve it.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where tables live; created when missing. One process at a time may have it open.
    pub data_dir: PathBuf,
    /// The engine's shared library, as [`crate::library::ensure_library`] returns it.
    pub library: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The engine's own options by name, without the dashes: `("max_server_memory_usage", "2000000000")`.
    pub engine_options: Vec<(String, String)>,
    /// Who may ask, and how the server proves itself.
    pub access: Access,
    /// Requests that may run at once; one more is answered with `TOO_MANY_SIMULTANEOUS_QUERIES`.
    pub queries_max: usize,
    /// The longest request body, in bytes as sent.
    pub request_body_bytes_max: u64,
    /// The longest text of one statement, in bytes, data of an INSERT apart.
    pub statement_bytes_max: usize,
    /// Sessions that may exist at once.
    pub sessions_max: usize,
    /// How long a peer may neither send what it owes nor take what it asked for.
    pub idle_timeout: Duration,
    /// How long running requests may go on after shutdown began.
    pub drain_timeout: Duration,
}

impl Config {
    /// The usual limits over the three things that have no default.
    #[must_use]
    pub fn new(data_dir: PathBuf, library: PathBuf, listen: SocketAddr) -> Self {
        Self {
            data_dir,
            library,
            listen,
            engine_options: Vec::new(),
            access: Access::default(),
            queries_max: 100,
            request_body_bytes_max: 16 << 30,
            statement_bytes_max: 16 << 20,
            sessions_max: 1000,
            idle_timeout: Duration::from_secs(300),
            drain_timeout: Duration::from_secs(30),
        }
    }
}
