//! One real engine for all tests of this binary, each with a database of its own.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use loupe_clickhouse_local::{library, serve_in_background};
use loupe_projector::Config;
use loupe_projector::store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

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

/// A store of a database whose tables are there, and all that it asks of the engine from now on.
pub(crate) async fn overheard(database: &str) -> (Store, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let heard = Arc::<Mutex<Vec<u8>>>::default();
    let store = Store::new(&Config { clickhouse_url: url, ..config(database) });
    tokio::spawn(overhear(listener, Arc::clone(&heard)));
    (store, heard)
}

async fn overhear(listener: TcpListener, heard: Arc<Mutex<Vec<u8>>>) {
    let engine = url().trim_start_matches("http://");
    while let Ok((asker, _)) = listener.accept().await {
        let answerer = TcpStream::connect(engine).await.expect("the engine answers");
        let (mut asked, mut answered) = asker.into_split();
        let (mut answers, mut asks) = answerer.into_split();
        let heard = Arc::clone(&heard);
        tokio::spawn(async move { tokio::io::copy(&mut answers, &mut answered).await });
        tokio::spawn(async move {
            let mut buffer = vec![0; 64 << 10];
            while let Ok(read @ 1..) = asked.read(&mut buffer).await {
                heard.lock().expect("nobody panics").extend_from_slice(&buffer[..read]);
                if asks.write_all(&buffer[..read]).await.is_err() {
                    return;
                }
            }
        });
    }
}
