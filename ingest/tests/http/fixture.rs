//! A router over a sink in memory, its keys, and events to send.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use futures::FutureExt;
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use loupe_ingest::http::{App, InFlight, IpHasher, KAFKA_CONDITION, Limits, Sink, router};
use loupe_ingest::publisher::{Delivered, Publication, PublishError};
use loupe_schemas::{Event, topics};
use loupe_service::clock;
use loupe_service::config::Secret;
use loupe_service::health::Health;
use loupe_service::keys::{self, Accounts, KeyStore, Scope};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const JSON: &str = "application/json";
pub(crate) const NDJSON: &str = "application/x-ndjson";
pub(crate) const CLOUD_EVENT: &str = "application/cloudevents+json";
pub(crate) const CLOUD_EVENT_BATCH: &str = "application/cloudevents-batch+json";

pub(crate) const LIMITS: Limits = Limits {
    encoded_bytes_max: 40_000,
    decoded_bytes_max: 30_000,
    events_per_request_max: 5,
    in_flight_bytes_max: 100_000,
    body_timeout: Duration::from_millis(200),
};

/// How the sink behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mode {
    Takes,
    /// Takes this many events of a request; the rest finds the queue full.
    FailsAfter(usize),
    /// Refuses the event at this place for good.
    TooLargeAt(usize),
    /// Never answers.
    Hangs,
}

/// Keeps what it takes; every event goes to partition 0.
pub(crate) struct MemorySink {
    pub(crate) mode: Mutex<Mode>,
    pub(crate) taken: Mutex<Vec<Event>>,
}

impl Sink for MemorySink {
    fn publish_all(self: Arc<Self>, events: Vec<Event>) -> BoxFuture<'static, Publication> {
        let mode = *self.mode.lock().unwrap();
        if mode == Mode::Hangs {
            return std::future::pending().boxed();
        }
        let mut publication = Publication::default();
        for (place, event) in events.into_iter().enumerate() {
            let result = match mode {
                Mode::FailsAfter(count) if place >= count => Err(PublishError::QueueFull),
                Mode::TooLargeAt(wrong) if place == wrong => Err(PublishError::TooLarge { bytes: 2, bytes_max: 1 }),
                _ => Ok(self.take(event)),
            };
            if let Ok(delivered) = result {
                publication.position.advance(delivered.topic, delivered.partition, delivered.offset + 1);
            }
            publication.results.push(result);
        }
        std::future::ready(publication).boxed()
    }
}

impl MemorySink {
    fn take(&self, event: Event) -> Delivered {
        let (topic, _) = topics::route(&event).unwrap();
        let mut taken = self.taken.lock().unwrap();
        let offset = taken.iter().filter(|other| topics::route(other).unwrap().0 == topic).count();
        taken.push(event);
        Delivered { topic, partition: 0, offset: i64::try_from(offset).unwrap() }
    }
}

pub(crate) struct Ingest {
    pub(crate) router: Router,
    pub(crate) sink: Arc<MemorySink>,
    pub(crate) health: Health,
    pub(crate) in_flight: InFlight,
    /// May publish for every account.
    pub(crate) edge: String,
    /// May publish for account 1 alone.
    pub(crate) one: String,
    /// May read account 1, and publish nothing.
    pub(crate) reader: String,
    _directory: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn problem(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["error"]["code"].as_str().unwrap_or_default())
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }

    /// Index, code and field of every rejected event.
    pub(crate) fn rejected(&self) -> Vec<(u64, &str, &str)> {
        let rejected = self.body["rejected"].as_array().unwrap().iter();
        let text = |value: &'_ Value| value.as_str().map(str::to_owned).unwrap_or_default().leak() as &str;
        rejected.map(|one| (one["index"].as_u64().unwrap(), text(&one["code"]), text(&one["field"]))).collect()
    }
}

impl Ingest {
    pub(crate) fn new() -> Self {
        Self::with(LIMITS)
    }

    pub(crate) fn with(limits: Limits) -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("keys.jsonl");
        let edge = key(&path, Accounts::All, Scope::EventsWrite);
        let one = key(&path, Accounts::one(1), Scope::EventsWrite);
        let reader = key(&path, Accounts::one(1), Scope::DownloadsRead);
        let sink = Arc::new(MemorySink { mode: Mutex::new(Mode::Takes), taken: Mutex::default() });
        let health = Health::new(&[KAFKA_CONDITION]);
        health.set_ready(KAFKA_CONDITION);
        let in_flight = InFlight::new(limits.in_flight_bytes_max);
        let router = router(App {
            sink: sink.clone(),
            keys: KeyStore::open(&path).unwrap(),
            ip_hasher: IpHasher::new(&Secret::new("0123456789abcdef")),
            limits,
            in_flight: in_flight.clone(),
            health: health.clone(),
        });
        Self { router, sink, health, in_flight, edge, one, reader, _directory: directory }
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.sink.mode.lock().unwrap() = mode;
    }

    pub(crate) fn taken(&self) -> Vec<Event> {
        self.sink.taken.lock().unwrap().clone()
    }

    /// Sends with the key of an edge.
    pub(crate) async fn post(&self, content_type: &str, body: impl Into<Body>) -> Answer {
        self.send(self.request().header(header::CONTENT_TYPE, content_type).body(body.into()).unwrap()).await
    }

    pub(crate) async fn post_encoded(&self, encoding: &str, body: impl Into<Body>) -> Answer {
        let request = self.request().header(header::CONTENT_TYPE, JSON).header(header::CONTENT_ENCODING, encoding);
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(crate) fn request(&self) -> axum::http::request::Builder {
        Request::post("/v1/events").header(header::AUTHORIZATION, format!("Bearer {}", self.edge))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn key(path: &Path, accounts: Accounts, scope: Scope) -> String {
    let (token, entry) = keys::mint(accounts, BTreeSet::from([scope]), "test", clock::now()).unwrap();
    keys::append(path, &entry).unwrap();
    token
}

/// A photo seen in collection 10 of account 1.
pub(crate) fn photo_viewed() -> Value {
    json!({
        "type": "PhotoViewed",
        "event_id": clock::new_id(),
        "occurred_at": "2026-05-02T18:04:13.000000Z",
        "edge": {"pop": "FRA", "node": "edge-1", "boot_id": "5f0f2a9e-7a39-4f7e-8a4e-3c1c5f1f0a11", "seq": 0},
        "account_id": 1,
        "collection_id": "10",
        "actor": {"role": "guest", "identified_by": "none", "ip": "203.0.113.7", "user_agent": "Mozilla/5.0"},
        "media_id": 731_100_245,
    })
}

/// The same in a CloudEvents envelope that carries id, type and time alone.
pub(crate) fn cloud_event() -> Value {
    let mut data = photo_viewed();
    let mut take = |name: &str| data.as_object_mut().unwrap().remove(name).unwrap();
    let (id, kind, time) = (take("event_id"), take("type"), take("occurred_at"));
    json!({"specversion": "1.0", "source": "/edge/fra", "id": id, "type": kind, "time": time, "data": data})
}

pub(crate) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 3).unwrap()
}
