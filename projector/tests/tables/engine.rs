//! One real engine for all tests of this binary, each with a database of its own.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use loupe_clickhouse_local::{Config as EngineConfig, library, serve};
use loupe_projector::Config;
use loupe_projector::store::Store;

/// Where the engine answers; it ends with the process.
fn url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        // A static is never dropped, so what the last run left is removed here.
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projector-tables");
        drop(std::fs::remove_dir_all(&directory));
        let cache = library::default_cache_dir();
        let library = library::ensure_library(&cache, &|line| eprintln!("{line}")).expect("the engine's library");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener for tokio");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let config = EngineConfig::new(directory, library, address);
                serve(listener, config, std::future::pending()).await.expect("an engine");
            });
        });
        format!("http://{address}")
    })
}

/// The configuration of a projector over this engine; Kafka is not there.
pub(crate) fn config(database: &str) -> Config {
    let text = serde_json::json!({
        "kafka_bootstrap": "127.0.0.1:1", "clickhouse_url": url(), "database": database
    });
    serde_json::from_value(text).expect("a configuration")
}

/// A store with all tables, in a database of this name.
pub(crate) async fn migrated(database: &str) -> (Store, clickhouse::Client) {
    let name = database.to_owned();
    let config = tokio::task::spawn_blocking(move || config(&name)).await.expect("the engine starts");
    let store = Store::new(&config);
    for attempt in 0.. {
        match store.migrate().await {
            Ok(()) => break,
            Err(error) if attempt > 100 => panic!("{error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    (store, clickhouse::Client::default().with_url(url()).with_database(database))
}
