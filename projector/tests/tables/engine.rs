//! One real engine for all tests of this binary, each with a database of its own.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use loupe_clickhouse_local::{library, serve_in_background};
use loupe_projector::Config;
use loupe_projector::store::Store;

/// Where the engine answers; it ends with the process.
fn url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        // A static is never dropped, so what the last run left is removed here.
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projector-tables");
        drop(std::fs::remove_dir_all(&directory));
        let cache = library::default_cache_dir().expect("a place for the cache");
        let library = library::ensure_library(&cache, &|line| eprintln!("{line}")).expect("the engine's library");
        serve_in_background(directory, library).expect("a free port")
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
    (store, client(database))
}

/// A client of a database; the engine runs.
pub(crate) fn client(database: &str) -> clickhouse::Client {
    clickhouse::Client::default().with_url(url()).with_database(database)
}
