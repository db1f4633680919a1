//! The readers, and a good input of each to spoil.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use futures::FutureExt;
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use loupe_ingest::http::{App, InFlight, IpHasher, KAFKA_CONDITION, Limits, Sink, router};
use loupe_ingest::publisher::{Delivered, Publication};
use loupe_projector::fold::recompute::recompute;
use loupe_projector::log::{Decoded, Decoder, Record};
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::position::Position;
use loupe_schemas::{Event, Micros, examples, topics};
use loupe_service::config::Secret;
use loupe_service::health::Health;
use loupe_service::keys::{Accounts, KeyStore, Scope, append, mint};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::mutate::{Chance, spoil};

const QUERIES: [&str; 10] = [
    "from=2026-05-01T00:00:00Z&to=2026-05-02&tz=Europe/Berlin&sort=-occurred_at",
    "limit=50&page=2&format=csv&media_id=1,2,3",
    "cursor=eyJhIjoxfQ.AAAA&limit=10",
    "status=completed,partial&rendition=original,web_2048&client_id=cl_1",
    "include=filtered&gallery_id=7",
    "by=owner&state=all&list_id=fl_2",
    "photo_id=731100245&account_id=1&per_page=1000",
    "metric=views&interval=hour&tz=Asia/Kathmandu&from=2026-05-02T00:15:00Z",
    "ids=1,2,3&segment=partial,link_expiring&sort=-downloads",
    "download_id=019de9dd-3690-7ef1-8038-9f35cc7704d6",
];
const MEDIA_TYPES: [&str; 4] =
    ["application/json", "application/x-ndjson", "application/cloudevents+json", "application/cloudevents-batch+json"];
const CURSOR_KEY: &str = "a key that signs nothing else";
const EVENT_PARTITIONS: i32 = 12;

/// What reads an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A record of a topic, by the projector.
    Record { is_catalog: bool },
    /// A request body, by ingest.
    Body { media_type: &'static str },
    /// A query string, cursor included, by a route.
    Query { route: &'static str },
}

/// Takes everything and counts.
#[derive(Default)]
struct Counting(AtomicU64);

impl Sink for Counting {
    fn publish_all(self: Arc<Self>, events: Vec<Event>) -> BoxFuture<'static, Publication> {
        self.0.fetch_add(events.len() as u64, Ordering::SeqCst);
        let delivered = events.iter().map(|_| Ok(Delivered { topic: &topics::EVENTS, partition: 0, offset: 0 }));
        let publication = Publication { results: delivered.collect(), position: Position::default() };
        async move { publication }.boxed()
    }
}

/// The readers of one thread.
pub(super) struct Targets {
    decoder: Decoder,
    records: Vec<Vec<u8>>,
    runtime: Runtime,
    ingest: Router,
    sink: Arc<Counting>,
    bearer: String,
    _keys: TempDir,
}

impl Targets {
    pub(super) fn new() -> anyhow::Result<Self> {
        let keys = tempfile::tempdir()?;
        let path = keys.path().join("keys.jsonl");
        let scopes = BTreeSet::from([Scope::EventsWrite]);
        let (token, entry) = mint(Accounts::All, scopes, "of the fuzzer", loupe_service::clock::now())?;
        append(&path, &entry)?;
        let sink = Arc::new(Counting::default());
        let health = Health::new(&[KAFKA_CONDITION]);
        health.set_ready(KAFKA_CONDITION);
        let limits = Limits {
            encoded_bytes_max: 1 << 20,
            decoded_bytes_max: 1 << 20,
            events_per_request_max: 1_000,
            in_flight_bytes_max: 1 << 24,
            body_timeout: Duration::from_secs(10),
        };
        let app = App {
            sink: sink.clone(),
            keys: KeyStore::open(&path)?,
            ip_hasher: IpHasher::new(&Secret::new("0123456789abcdef")),
            limits,
            in_flight: InFlight::new(limits.in_flight_bytes_max),
            health,
        };
        let encoder = Encoder::new(Framing::SingleObject);
        let records = examples::events().iter().map(|event| {
            let mut payload = Vec::new();
            encoder.encode(event, &mut payload).map(|()| payload).context("an example has a record")
        });
        Ok(Self {
            decoder: Decoder::default(),
            records: records.collect::<anyhow::Result<_>>()?,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            ingest: router(app),
            sink,
            bearer: format!("Bearer {token}"),
            _keys: keys,
        })
    }

    /// An input of the run's choosing, and who reads it.
    pub(super) fn input(&self, chance: &mut Chance) -> (Target, Vec<u8>) {
        let example = |chance: &mut Chance| chance.of(examples::ALL).json.as_bytes().to_vec();
        let (target, mut input, other) = match chance.below(10) {
            0..=4 => {
                let target = Target::Record { is_catalog: chance.below(4) == 0 };
                (target, chance.of(&self.records).clone(), chance.of(&self.records).clone())
            }
            5..=7 => (
                Target::Body { media_type: MEDIA_TYPES[chance.below(MEDIA_TYPES.len())] },
                example(chance),
                example(chance),
            ),
            _ => {
                let query = |chance: &mut Chance| chance.of(&QUERIES).as_bytes().to_vec();
                let routes = loupe_query_api::understood();
                (Target::Query { route: routes[chance.below(routes.len())] }, query(chance), query(chance))
            }
        };
        spoil(&mut input, &other, chance);
        (target, input)
    }

    /// Whether the input was taken (`true`) or rejected with a reason.
    pub(super) fn read(&mut self, target: Target, input: &[u8]) -> Result<bool, String> {
        match target {
            Target::Record { is_catalog } => self.record(is_catalog, input),
            Target::Body { media_type } => self.body(media_type, input),
            Target::Query { route } => query(route, input),
        }
    }

    fn record(&mut self, is_catalog: bool, input: &[u8]) -> Result<bool, String> {
        let record = Record {
            topic: if is_catalog { &topics::CATALOG } else { &topics::EVENTS },
            partition: 0,
            offset: 0,
            appended_at: Micros(1_800_000_000_000_000),
            key: input.iter().copied().take(24).collect(),
            // Nothing at all is a tombstone.
            payload: (!input.is_empty()).then(|| input.to_vec().into()),
            headers: vec![("occurred_at".to_owned(), input.to_vec())],
        };
        match self.decoder.decode(&record, EVENT_PARTITIONS) {
            Decoded::Event { event, .. } => {
                // What is taken for an event must fold, whatever its values.
                let tables = recompute([(&*event, input)]);
                if tables.shown_rows() == 0 && event.head.edge.is_some() {
                    return Err("an event that leaves no row at all".to_owned());
                }
                Ok(true)
            }
            Decoded::Misrouted { key } if key.is_empty() => Err("sent on without a key".to_owned()),
            Decoded::Canary(_) | Decoded::Misrouted { .. } => Ok(true),
            Decoded::Rejected(rejected) if rejected.reason.is_empty() || rejected.message.is_empty() => {
                Err(format!("rejected without a reason: {rejected:?}"))
            }
            Decoded::Rejected(_) => Ok(false),
        }
    }

    fn body(&mut self, media_type: &'static str, input: &[u8]) -> Result<bool, String> {
        let before = self.sink.0.load(Ordering::SeqCst);
        let request = Request::post("/v1/events")
            .header(header::AUTHORIZATION, &self.bearer)
            .header(header::CONTENT_TYPE, media_type)
            .body(Body::from(input.to_vec()))
            .map_err(|error| error.to_string())?;
        let ingest = self.ingest.clone();
        let (status, body) = self.runtime.block_on(async {
            let Ok(response) = ingest.oneshot(request).await;
            let status = response.status();
            (status, response.into_body().collect().await.map(http_body_util::Collected::to_bytes))
        });
        let body = body.map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_slice(&body).map_err(|error| format!("{status} is no JSON: {error}"))?;
        let taken = self.sink.0.load(Ordering::SeqCst) - before;
        let accepted = answer["accepted"].as_u64().unwrap_or(0);
        let rejected = answer["rejected"].as_array().map_or(0, Vec::len);
        if accepted != taken {
            return Err(format!("{accepted} accepted, {taken} taken: {answer}"));
        }
        match status.as_u16() {
            200 | 422 if accepted > 0 || rejected > 0 => Ok(accepted > 0),
            400..=422 if !answer["error"]["code"].as_str().unwrap_or_default().is_empty() => Ok(false),
            _ => Err(format!("{status}: {answer}")),
        }
    }
}

fn query(route: &str, input: &[u8]) -> Result<bool, String> {
    // What is no text never becomes a query string.
    let text = String::from_utf8_lossy(input);
    match loupe_query_api::understand(route, &text, CURSOR_KEY) {
        None => Err(format!("there is no route {route}")),
        Some(Ok(())) => Ok(true),
        Some(Err(problem)) if problem.message().is_empty() => Err("a problem without a message".to_owned()),
        Some(Err(_)) => Ok(false),
    }
}
