//! An engine with a cluster of two shards, and a projector's way to it.

use std::sync::LazyLock;

use anyhow::ensure;
use axum::body::Bytes;
use loupe_clickhouse_local::{Config, library, serve};
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::recorder::Recorder;
use regex::bytes::Regex;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The cluster's name.
pub(crate) const CLUSTER: &str = "main";

/// What a server of a cluster is told, as it is deployed.
const DEPLOYED: &str = include_str!("../../../deploy/clickhouse/cluster/cluster.xml");
/// What is put in its place, so that every replica of both shards is this engine. Nothing listens on the port: a server asks
/// itself without a connection.
const HERE: [(&str, &str); 8] = [
    ("<clickhouse>", "<clickhouse><tcp_port>9000</tcp_port>"),
    ("<host>clickhouse-1a</host>", "<host>127.0.0.1</host>"),
    ("<host>clickhouse-1b</host>", "<host>127.0.0.1</host>"),
    ("<host>clickhouse-2a</host>", "<host>127.0.0.1</host>"),
    ("<host>clickhouse-2b</host>", "<host>127.0.0.1</host>"),
    ("<secret from_env=\"LOUPE_CLUSTER_SECRET\"/>", ""),
    ("<shard from_env=\"LOUPE_SHARD\"/>", "<shard>1</shard>"),
    ("<replica from_env=\"LOUPE_REPLICA\"/>", "<replica>a</replica>"),
];

/// The file of a server that all others are too.
fn server() -> anyhow::Result<String> {
    HERE.iter().try_fold(DEPLOYED.to_owned(), |file, (deployed, here)| {
        ensure!(file.contains(deployed), "cluster.xml has no {deployed}");
        Ok(file.replace(deployed, here))
    })
}

/// The engine and the proxy before it.
pub(crate) struct TwoShards {
    pub(crate) clickhouse: ClickHouse,
    pub(crate) before: Recorder,
    _directory: TempDir,
}

impl TwoShards {
    /// Starts it, once in a process, which has room for one engine; it ends with that.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let directory = tempfile::tempdir()?;
        let config_file = directory.path().join("config.xml");
        std::fs::write(&config_file, server()?)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let cache = library::default_cache_dir()?;
        let fetch = move || library::ensure_library(&cache, &|line| println!("{line}"));
        let library = tokio::task::spawn_blocking(fetch).await??;
        let mut config = Config::new(directory.path().join("data"), library, address);
        config.engine_options = vec![("config-file".to_owned(), config_file.display().to_string())];
        tokio::spawn(serve(listener, config, std::future::pending()));
        let url = format!("http://{address}");
        let before = Recorder::rewriting(&url, |_| true, without_keeper).await?;
        Ok(Self { clickhouse: ClickHouse::new(&url), before, _directory: directory })
    }
}

/// A statement as it can be run without Keeper.
fn without_keeper(body: Bytes) -> Bytes {
    static ON_CLUSTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(" ON CLUSTER `main`").expect("a pattern"));
    static ENGINE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"ENGINE = Replicated(\w+)\('[^']*', '[^']*'(?:, )?").expect("a pattern"));
    if !ON_CLUSTER.is_match(&body) {
        return body;
    }
    let anywhere = ON_CLUSTER.replace_all(&body, &b""[..]);
    Bytes::from(ENGINE.replace(&anywhere, &b"ENGINE = $1("[..]).into_owned())
}
