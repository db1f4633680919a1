//! An engine with the projector's tables, and an API over it, for each test its own database.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use clickhouse::Client;
use loupe_clickhouse_local::{library, serve_in_background};
use loupe_projector::fold::catalogue;
use loupe_projector::fold::events::{EventRow, NO_OFFSET};
use loupe_projector::fold::filter::ActorClass;
use loupe_projector::fold::rows::Rows;
use loupe_projector::fold::slice::{Folded, Slice};
use loupe_projector::fold::slice_key::SliceKey;
use loupe_projector::store::Store;
use loupe_schemas::Event;
use loupe_service::keys::{Accounts, Scope, append, mint};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::described::Described;

pub(crate) const COLLECTION: u64 = 77;

/// A running API with its database.
pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) url: String,
    keys: TempDir,
    shutdown: CancellationToken,
    described: OnceCell<Described>,
}

fn engine_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        // A static is never dropped, so what the last run left is removed here.
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("query-api");
        drop(std::fs::remove_dir_all(&directory));
        let cache = library::default_cache_dir().expect("a place for the cache");
        let library = library::ensure_library(&cache, &|line| eprintln!("{line}"));
        serve_in_background(directory, library.expect("the engine's library")).expect("a free port")
    })
}

impl Stage {
    /// An API over a new database of this name.
    pub(crate) async fn new(database: &str) -> Self {
        Self::with(database, json!({})).await
    }

    /// The same with settings of its own.
    pub(crate) async fn with(database: &str, settings: Value) -> Self {
        let engine = tokio::task::spawn_blocking(engine_url).await.expect("the engine starts");
        migrate(engine, database).await;
        let client = Client::default().with_url(engine).with_database(database);
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let keys = tempfile::tempdir().unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let stage = Self { client, url, keys, shutdown: CancellationToken::new(), described: OnceCell::new() };
        stage.key(Accounts::one(1), &[Scope::FavoritesRead]);
        let config = json!({
            "listen": format!("127.0.0.1:{port}"),
            "clickhouse_url": engine,
            "database": database,
            "keys_file": stage.keys.path().join("keys.jsonl"),
            "cursor_key": "a key of the tests alone",
            "min_position_wait_ms": 1_000,
        });
        let config = with(&config, settings);
        let config = serde_json::from_value(config).expect("a configuration");
        tokio::spawn(loupe_query_api::run(config, stage.shutdown.clone()));
        for attempt in 0.. {
            let ready = reqwest::get(format!("{}/readyz", stage.url)).await;
            if ready.is_ok_and(|response| response.status() == StatusCode::OK) {
                break;
            }
            assert!(attempt < 200, "the API is not ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stage
    }

    /// Mints a key; the API follows the file within a second or two.
    pub(crate) fn key(&self, accounts: Accounts, scopes: &[Scope]) -> String {
        let now = loupe_service::clock::now();
        let (token, entry) = mint(accounts, scopes.iter().copied().collect(), "of a test", now).unwrap();
        append(&self.keys.path().join("keys.jsonl"), &entry).unwrap();
        token
    }

    /// The file that the API follows.
    pub(crate) fn keys_file(&self) -> std::path::PathBuf {
        self.keys.path().join("keys.jsonl")
    }

    /// Mints a key and waits until the API knows it.
    pub(crate) async fn known_key(&self, accounts: Accounts, scopes: &[Scope]) -> String {
        let token = self.key(accounts, scopes);
        for attempt in 0.. {
            let response = self.get("/photos/starred", &token).send().await.unwrap();
            if response.status() != StatusCode::UNAUTHORIZED {
                break;
            }
            assert!(attempt < 200, "the key file is not followed");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        token
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> RequestBuilder {
        reqwest::Client::new().get(format!("{}{path}", self.url)).bearer_auth(token)
    }

    /// Status and body of an answer, which must be as the API describes it.
    pub(crate) async fn json(&self, path: &str, token: &str) -> (u16, Value) {
        let response = self.get(path, token).send().await.unwrap();
        let (status, body) = (response.status().as_u16(), response.json().await.unwrap());
        self.described().await.check(path, status, &body);
        (status, body)
    }

    /// The API's description of itself.
    pub(crate) async fn described(&self) -> &Described {
        let document = async || reqwest::get(format!("{}/openapi.json", self.url)).await.unwrap().json().await.unwrap();
        self.described.get_or_init(async || Described::new(document().await)).await
    }

    pub(crate) async fn sql(&self, statement: &str) {
        self.client.query_raw(statement).execute().await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// Inserts rows; columns that a row leaves out take their defaults.
    pub(crate) async fn insert(&self, table: &str, rows: &[Value]) {
        let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
        // Named tuples as arrays, which is how short rows are written.
        let tuples = "input_format_json_named_tuples_as_objects = 0";
        self.sql(&format!("INSERT INTO {table} SETTINGS {tuples} FORMAT JSONEachRow\n{rows}")).await;
    }

    /// Writes all that follows of some events, as the projector does.
    pub(crate) async fn fold(&self, events: &[Event]) {
        let (mut slices, mut rows) = (BTreeMap::new(), Rows::default());
        for (content, event) in (0..).zip(events) {
            if catalogue::fold(event, &mut rows) {
                continue;
            }
            let Some(key) = SliceKey::of(event) else { continue };
            let class = event.head.actor.as_ref().map_or(ActorClass::NOBODY, ActorClass::of);
            let slice = slices.entry(key).or_insert_with(|| Slice::new(key));
            assert!(slice.fold(event, class, content, &mut rows) == Folded::New, "{event:?} stands twice");
            rows.events.extend(EventRow::new(event, Vec::new().into(), NO_OFFSET));
        }
        slices.values_mut().for_each(|slice| slice.take_rows(&mut rows));
        let database = self.client.database().expect("a database");
        let store = projected(engine_url(), database);
        store.write_tables(&rows, &[]).await.expect("the tables take rows");
        store.write_events(&rows.events).await.expect("the table takes events");
    }

    /// The body of an answer, which must be 200.
    pub(crate) async fn body(&self, path: &str, token: &str) -> Value {
        let (status, body) = self.json(path, token).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Writes down that a partition of the events' topic is projected up to an offset, itself excluded.
    pub(crate) async fn project(&self, partition: i32, next_offset: i64) -> String {
        self.sql(&format!(
            "INSERT INTO ledger (topic, partition, first_offset, last_offset, folded) \
             VALUES ('gallery.events.v1', {partition}, 0, {}, 1)",
            next_offset - 1
        ))
        .await;
        format!("e{partition}:{next_offset}")
    }

    /// Checks how many rows each query lists.
    pub(crate) async fn assert_totals(&self, path: &str, token: &str, expected: &[(&str, usize)]) {
        for (query, total) in expected {
            let body = self.body(&format!("{path}?{query}"), token).await;
            assert_eq!(body["meta"]["total"], *total, "{query}");
            assert_eq!(body["data"].as_array().unwrap().len(), *total, "{query}");
        }
    }

    /// Checks that pages of one row, in both directions, list what one page does.
    pub(crate) async fn assert_pages(&self, path: &str, token: &str) {
        for sort in ["occurred_at", "-occurred_at"] {
            let all = self.body(&format!("{path}?sort={sort}"), token).await["data"].clone();
            let (mut seen, mut next) = (Vec::new(), format!("{path}?sort={sort}&limit=1"));
            loop {
                let body = self.body(&next, token).await;
                seen.extend(body["data"].as_array().unwrap().clone());
                let Some(cursor) = body["meta"]["next_cursor"].as_str() else { break };
                next = format!("{path}?sort={sort}&limit=1&cursor={cursor}");
            }
            assert_eq!(Value::from(seen), all, "{sort}");
        }
    }

    /// Adds favourites of account 1: media `from` up to `to`, each a second after the one before.
    pub(crate) async fn favorites(&self, from: u64, to: u64) {
        self.sql(&format!(
            "INSERT INTO favorites (account_id, collection_id, list_id, media_id, added) \
             SELECT 1, {COLLECTION}, 'fl_1', number, (toDateTime64('2026-05-02 12:00:00', 6, 'UTC') + number, number, \
             'cl_1', 'email', 'photo') FROM numbers({from}, {})",
            to - from
        ))
        .await;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// `row` with the members of `own` in place of its own.
pub(crate) fn with(row: &Value, own: Value) -> Value {
    let mut row = row.as_object().unwrap().clone();
    row.extend(own.as_object().unwrap().clone());
    row.into()
}

/// The time `minutes` ago, as tables take it.
pub(crate) fn minutes_ago(minutes: i64) -> String {
    let micros = loupe_service::clock::now_micros() - minutes * 60_000_000;
    loupe_schemas::Micros(micros).to_string().replace('T', " ").trim_end_matches('Z').to_owned()
}

/// The projector's tables in a database.
fn projected(engine: &str, database: &str) -> Store {
    let config = json!({"kafka_bootstrap": "127.0.0.1:1", "clickhouse_url": engine, "database": database});
    Store::new(&serde_json::from_value(config).expect("a configuration"))
}

async fn migrate(engine: &str, database: &str) {
    let store = projected(engine, database);
    for attempt in 0.. {
        match store.migrate().await {
            Ok(()) => return,
            Err(error) if attempt > 100 => panic!("{error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
