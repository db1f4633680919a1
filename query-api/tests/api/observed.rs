//! What operators see of a request: its id, its statements in ClickHouse's log, its trace at a collector, its line.

use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use loupe_service::keys::{Accounts, Scope, append, mint};
use serde_json::Value;

use crate::stage::Stage;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A server that writes down what it is sent and answers nothing, which a SELECT takes for no rows.
#[derive(Clone, Default)]
struct Ear {
    heard: Arc<Mutex<Vec<(String, String, Bytes)>>>,
}

impl Ear {
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let hear = async |State(ear): State<Self>, uri: Uri, RawQuery(query): RawQuery, body: Bytes| {
            ear.heard.lock().unwrap().push((uri.path().to_owned(), query.unwrap_or_default(), body));
        };
        let router = Router::new().fallback(hear).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    /// Waits until something that fits was heard.
    async fn wait<T>(&self, fits: impl Fn(&(String, String, Bytes)) -> Option<T>) -> T {
        for _ in 0..300 {
            if let Some(found) = self.heard.lock().unwrap().iter().find_map(&fits) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("not heard");
    }
}

/// The program itself, ended when dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_found_again_in_clickhouse_in_its_trace_and_in_the_log() {
    let (clickhouse, collector) = (Ear::default(), Ear::default());
    let (clickhouse_url, collector_url) = (clickhouse.listen().await, collector.listen().await);
    let directory = tempfile::tempdir().unwrap();
    let keys = directory.path().join("keys.jsonl");
    let now = loupe_service::clock::now();
    let (token, entry) = mint(Accounts::one(7), [Scope::FavoritesRead].into(), "of a test", now).unwrap();
    append(&keys, &entry).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let log = directory.path().join("log");
    let program = Command::new(env!("CARGO_BIN_EXE_query-api"))
        .env("LOUPE_QUERY_LISTEN", format!("127.0.0.1:{port}"))
        .env("LOUPE_QUERY_CLICKHOUSE_URL", &clickhouse_url)
        .env("LOUPE_QUERY_KEYS_FILE", &keys)
        .env("LOUPE_QUERY_CURSOR_KEY", "a key of the tests alone")
        .env("LOUPE_LOG_FORMAT", "json")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector_url)
        .env("OTEL_BSP_SCHEDULE_DELAY", "100")
        .stderr(Stdio::from(std::fs::File::create(&log).unwrap()))
        .spawn()
        .unwrap();
    let _program = Program(program);
    let url = format!("http://127.0.0.1:{port}/photos/starred");
    let response = loop {
        let request = reqwest::Client::new().get(&url).bearer_auth(&token);
        let request = request.header("x-request-id", "gallery-42").header("traceparent", PARENT);
        match request.send().await {
            Ok(response) if response.status() == 200 => break response,
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    };
    assert_eq!(response.headers()["x-request-id"], "gallery-42");

    let comment = clickhouse.wait(|(_, query, _)| {
        let query: std::collections::HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert!(query.get("max_execution_time").is_some_and(|seconds| seconds == "10"), "{query:?}");
        assert!(query.contains_key("max_rows_to_read") && query.contains_key("max_memory_usage"));
        // Else ClickHouse would go on when the reader is gone.
        for setting in ["cancel_http_readonly_queries_on_client_close", "readonly"] {
            assert!(query.get(setting).is_some_and(|value| value != "0"), "{setting}: {query:?}");
        }
        serde_json::from_str::<Value>(query.get("log_comment")?).ok()
    });
    let comment = comment.await;
    assert_eq!((&comment["request_id"], &comment["account_id"]), (&"gallery-42".into(), &7.into()));
    assert_eq!(comment["route"], "/photos/starred");
    let parent = comment["traceparent"].as_str().unwrap();
    assert!(parent.starts_with(&PARENT[..36]) && parent != PARENT, "a child within the caller's trace: {parent}");

    let trace_id = hex::decode(&PARENT[3..35]).unwrap();
    let exported = collector.wait(|(path, _, body)| {
        let has = |needle: &[u8]| body.windows(needle.len()).any(|window| window == needle);
        (path == "/v1/traces" && has(&trace_id) && has(b"loupe-query-api") && has(b"statement")).then_some(())
    });
    exported.await;

    let text = std::fs::read_to_string(&log).unwrap();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let line = lines.into_iter().find(|line| line["message"] == "answered" && line["status"] == 200).expect("a line");
    assert_eq!((&line["request_id"], &line["account"]), (&"gallery-42".into(), &7.into()));
    assert_eq!((&line["route"], &line["traceparent"]), (&"/photos/starred".into(), &PARENT.into()));
    assert!(line["key"] == entry.id.as_str() && !text.contains(&token), "the key's id, never the key");
    for member in ["duration_ms", "rows", "statements", "clickhouse_read_rows", "clickhouse_read_bytes"] {
        assert!(line[member].is_number(), "{member}: {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_a_route_begin_at_0_before_anybody_asks() {
    let stage = Stage::new("failures").await;
    let metrics = reqwest::get(format!("{}/metrics", stage.url)).await.unwrap().text().await.unwrap();
    // No test asks these.
    for route in ["/api/v1/collections/{collection_id}/downloads/", "/api/v1/erasures/{receipt}"] {
        for status in ["500", "503"] {
            let series = format!("loupe_query_requests_total{{route=\"{route}\",status=\"{status}\"}} 0");
            assert!(metrics.lines().any(|line| line == series), "{series}: {metrics}");
        }
    }
}
