//! The whole service over a socket: with Kafka (librdkafka's mock of a cluster), and without.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use loupe_ingest::Config;
use loupe_schemas::topics;
use loupe_service::clock;
use loupe_service::config::{Secret, load_from};
use loupe_service::keys::{self, Accounts, Scope};
use rdkafka::mocking::MockCluster;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const CONNECTIONS_MAX: usize = 20;

struct Running {
    url: String,
    token: String,
    shutdown: CancellationToken,
    service: JoinHandle<anyhow::Result<()>>,
    _directory: TempDir,
}

impl Running {
    async fn start(kafka_bootstrap: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let keys_file = directory.path().join("keys.jsonl");
        let scopes = BTreeSet::from([Scope::EventsWrite]);
        let (token, entry) = keys::mint(Accounts::All, scopes, "edge", clock::now()).unwrap();
        keys::append(&keys_file, &entry).unwrap();
        let listen = free_address();
        let config = config(listen, kafka_bootstrap, keys_file.to_str().unwrap());
        let shutdown = CancellationToken::new();
        let service = tokio::spawn(loupe_ingest::run(config, shutdown.clone()));
        Self { url: format!("http://{listen}"), token, shutdown, service, _directory: directory }
    }

    /// Asks until the service listens.
    async fn get(&self, path: &str) -> Response {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            match Client::new().get(format!("{}{path}", self.url)).send().await {
                Ok(response) => return response,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn post(&self, event: &Value) -> Response {
        let request = Client::new().post(format!("{}/v1/events", self.url)).bearer_auth(&self.token);
        request.json(event).send().await.unwrap()
    }

    async fn stop(self) {
        self.shutdown.cancel();
        tokio::time::timeout(Duration::from_secs(20), self.service).await.unwrap().unwrap().unwrap();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn config(listen: SocketAddr, kafka_bootstrap: &str, keys_file: &str) -> Config {
    let values = BTreeMap::from([
        ("LOUPE_INGEST_LISTEN", listen.to_string()),
        ("LOUPE_INGEST_KAFKA_BOOTSTRAP", kafka_bootstrap.to_owned()),
        ("LOUPE_INGEST_KEYS_FILE", keys_file.to_owned()),
        ("LOUPE_INGEST_IP_HASH_KEY", "0123456789abcdef".to_owned()),
        ("LOUPE_INGEST_DELIVERY_TIMEOUT_MS", "1500".to_owned()),
        ("LOUPE_INGEST_CONNECTIONS_MAX", CONNECTIONS_MAX.to_string()),
        ("LOUPE_INGEST_HEAD_TIMEOUT_MS", "1000".to_owned()),
    ]);
    let values = values.into_iter().map(|(name, value)| (name.into(), value.into()));
    load_from(loupe_ingest::config::PREFIX, None, values).unwrap()
}

fn visit() -> Value {
    json!({
        "type": "VisitStarted", "event_id": clock::new_id(), "occurred_at": clock::now_micros(),
        "edge": {"pop": "FRA", "node": "edge-1", "boot_id": clock::new_boot_id(), "seq": 0},
        "account_id": 1, "collection_id": 1,
        "actor": {"role": "guest", "identified_by": "none", "ip": "203.0.113.7", "user_agent": "Mozilla/5.0"},
    })
}

#[tokio::test]
async fn an_event_is_acknowledged_counted_and_the_service_stops_drained() {
    let cluster = MockCluster::new(1).unwrap();
    for topic in topics::ALL {
        cluster.create_topic(topic.name, topic.partitions, 1).unwrap();
    }
    let running = Running::start(&cluster.bootstrap_servers()).await;
    assert_eq!(running.get("/livez").await.status(), 200);
    let deadline = Instant::now() + Duration::from_secs(20);
    while running.get("/readyz").await.status() != 200 {
        assert!(Instant::now() < deadline, "it never became ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let response = running.post(&visit()).await;
    assert_eq!(response.status(), 200);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer, json!({"accepted": 1, "rejected": [], "position": "e3:1"}));
    let metrics = running.get("/metrics").await.text().await.unwrap();
    for expected in [
        "loupe_ingest_requests_total{status=\"200\"} 1",
        "loupe_ingest_events_accepted_total 1",
        "loupe_ingest_publish_seconds_count 1",
        "loupe_ingest_body_bytes_total{encoding=\"identity\"}",
        "loupe_ingest_in_flight_bytes",
    ] {
        assert!(metrics.contains(expected), "{expected} in {metrics}");
    }
    running.stop().await;
}

#[tokio::test]
async fn without_kafka_it_lives_is_not_ready_and_answers_503_at_once() {
    let running = Running::start(&free_address().to_string()).await;
    assert_eq!(running.get("/livez").await.status(), 200);
    let readiness = running.get("/readyz").await;
    assert_eq!(readiness.status(), 503);
    assert!(readiness.text().await.unwrap().contains("\"condition\":\"kafka\""));
    let started = Instant::now();
    let response = running.post(&visit()).await;
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (503, "2"));
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    running.stop().await;
}

#[tokio::test]
async fn clients_that_never_finish_a_request_hold_nobody_up_for_long() {
    let running = Running::start(&free_address().to_string()).await;
    assert_eq!(running.get("/livez").await.status(), 200);
    let address = running.url.strip_prefix("http://").unwrap();
    let mut slow = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"POST /v1/events HTTP/1.1\r\nhost: x\r\n").await.unwrap();
        slow.push(client);
    }
    let started = Instant::now();
    assert_eq!(running.get("/livez").await.status(), 200);
    assert!(started.elapsed() < Duration::from_secs(10), "it took {:?}", started.elapsed());
    for mut client in slow {
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), client.read_to_end(&mut answer)).await;
        // It may be told why; it may also be reset.
        assert!(ended.is_ok(), "it was not cut off");
        assert!(!String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 2"), "{answer:?}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_bad_configuration_or_key_file_is_named_at_the_start() {
    let absent = config(free_address(), "127.0.0.1:9", "absent.jsonl");
    let error = loupe_ingest::run(absent.clone(), CancellationToken::new()).await.unwrap_err();
    assert!(format!("{error:#}").contains("absent.jsonl"), "{error:#}");
    let short = Config { ip_hash_key: Secret::new("short"), ..absent };
    let error = loupe_ingest::run(short, CancellationToken::new()).await.unwrap_err();
    assert!(format!("{error:#}").contains("`ip_hash_key`"), "{error:#}");
}
