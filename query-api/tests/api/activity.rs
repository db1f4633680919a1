//! The activity stream: only what is projected, each change once, resumed where it broke off.

use std::pin::Pin;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::partition::partition_of;
use loupe_service::keys::{self, Accounts, Scope};
use serde_json::{Value, json};

use crate::stage::{COLLECTION, Stage};

const PARTITIONS: i32 = 12;

/// Where the collection's events lie when the topic is of so many partitions.
fn partition_of_all(partitions: i32) -> i32 {
    partition_of(COLLECTION.to_string().as_bytes(), partitions)
}

fn partition() -> i32 {
    partition_of_all(PARTITIONS)
}

/// The id of what a stream told up to an offset.
fn id(offset: i64) -> String {
    format!("{}:{offset}", partition())
}

/// Writes down that the topic is of so many partitions since a time, as the projector does.
async fn count(stage: &Stage, partitions: i32, since: &str) {
    stage.sql(&format!("INSERT INTO partition_counts (partitions, seen_at) SELECT {partitions}, '{since}'")).await;
}

/// Writes an event as the projector does: what it changes elsewhere is inserted by the test itself.
async fn event(stage: &Stage, log_offset: i64, flat: Value) {
    let common = json!({
        "event_id": format!("019de9dc-fbf8-7c7f-8018-{log_offset:012}"), "occurred_at": "2026-05-02T12:00:00Z",
        "edge": {"pop": "FRA", "node": "fra-1", "boot_id": "3f2c1a5e-8f0b-4c0d-9a37-5b1f6f6d2a10", "seq": log_offset},
        "account_id": 1, "collection_id": COLLECTION,
        "actor": {"client_id": "cl_1", "role": "client", "identified_by": "email", "ip_key": "00ff", "user_agent": "Mozilla/5.0"},
    });
    let flat = crate::stage::with(&common, flat);
    let event = loupe_schemas::json::parse(flat.to_string(), &|_| unreachable!("no address")).expect("an event");
    let mut payload = Vec::new();
    Encoder::new(Framing::SingleObject).encode(&event, &mut payload).expect("a payload");
    stage
        .sql(&format!(
            "INSERT INTO events (account_id, collection_id, slice_day, event_id, type, occurred_at, payload, log_offset) \
             SELECT 1, {COLLECTION}, '2026-05-02', '{}', '{}', '{}', base64Decode('{}'), {log_offset}",
            event.head.event_id.0,
            event.fact.event_type().as_str(),
            event.head.occurred_at.to_string().replace('T', " ").trim_end_matches('Z'),
            STANDARD.encode(payload)
        ))
        .await;
}

/// One message of a stream.
#[derive(Debug, PartialEq)]
struct Message {
    event: String,
    id: Option<String>,
    data: Value,
}

struct Reader {
    bytes: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    text: String,
}

impl Reader {
    async fn open(stage: &Stage, key: &str, last: Option<&str>) -> Self {
        let request = stage.get(&format!("/collections/{COLLECTION}/activity/stream"), key);
        let request = match last {
            Some(last) => request.header("last-event-id", last),
            None => request,
        };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { bytes: Box::pin(response.bytes_stream()), text: String::new() }
    }

    /// Reads on until the server ends the stream.
    async fn closed(&mut self) {
        while self.bytes.next().await.is_some_and(|read| read.is_ok()) {}
    }

    /// The next message, however long it takes.
    async fn next(&mut self) -> Message {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    block.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).map(ToOwned::to_owned)
                };
                let message = field("event").map(|event| Message {
                    event,
                    id: field("id"),
                    data: serde_json::from_str(&field("data").unwrap()).unwrap(),
                });
                self.text = rest.to_owned();
                match message {
                    Some(message) => return message,
                    None => continue,
                }
            }
            let chunk = self.bytes.next().await.expect("the stream goes on").unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_projected_is_told_of_and_a_reader_resumes() {
    let stage = Stage::new("activity").await;
    count(&stage, PARTITIONS, "2026-01-01 00:00:00").await;
    stage.favorites(1, 2).await;
    event(&stage, 4, json!({"type": "FavoriteAdded", "list_id": "fl_1", "media_id": 1, "media_kind": "photo"})).await;
    let position = stage.project(partition(), 5).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead, Scope::FavoritesRead]).await;
    let path = format!("/collections/{COLLECTION}/favorites");
    stage.get(&path, &key).header("loupe-min-position", &position).send().await.unwrap();

    let mut reader = Reader::open(&stage, &key, None).await;
    let begun = reader.next().await;
    assert_eq!((begun.event.as_str(), begun.id.clone()), ("position", Some(id(4))), "where to come back to");
    assert_eq!(begun.data["events"], 0);
    stage.favorites(2, 3).await;
    event(&stage, 7, json!({"type": "FavoriteAdded", "list_id": "fl_1", "media_id": 2, "media_kind": "photo"})).await;
    event(&stage, 9, json!({"type": "VisitStarted"})).await;
    stage
        .sql(&format!(
            "INSERT INTO collection_quarter_hourly (account_id, collection_id, quarter_hour, visits, version) \
             SELECT 1, {COLLECTION}, toStartOfFifteenMinutes(now64(6, 'UTC')), 3, 1"
        ))
        .await;
    stage.project(partition(), 8).await;
    let told = reader.next().await;
    assert_eq!(told.event, "favorite");
    let list = stage.body(&format!("{path}?media_id=2"), &key).await;
    assert_eq!(told.data, list["data"][0], "as the list shows it");
    let mark = reader.next().await;
    assert_eq!((mark.event.as_str(), mark.id.clone()), ("position", Some(id(7))));
    assert_eq!(mark.data["types"], json!({"FavoriteAdded": 1}), "the visit at 9 is not projected yet");

    let mut from_where_it_began = Reader::open(&stage, &key, begun.id.as_deref()).await;
    assert_eq!(from_where_it_began.next().await, told, "one who was cut off before it happened");

    drop((reader, from_where_it_began));
    stage.project(partition(), 10).await;
    let mut reader = Reader::open(&stage, &key, mark.id.as_deref()).await;
    let today = reader.next().await;
    assert_eq!((today.event.as_str(), &today.data["visits"]), ("today", &json!(3)));
    assert_eq!(reader.next().await.id, Some(id(9)));
    let mut from_before_ids_named_a_partition = Reader::open(&stage, &key, Some("7")).await;
    assert_eq!(from_before_ids_named_a_partition.next().await, today);

    let mut from_the_start = Reader::open(&stage, &key, Some("-1")).await;
    let first = [from_the_start.next().await, from_the_start.next().await];
    assert!(first.iter().all(|message| message.event == "favorite"), "{first:?}");
}

/// A favourite of a medium, as an event that no other has the id of.
fn favorite(media_id: u64, occurred_at: &str) -> Value {
    json!({
        "type": "FavoriteAdded", "list_id": "fl_1", "media_id": media_id, "media_kind": "photo",
        "event_id": format!("019de9dc-fbf8-7c7f-8019-{media_id:012}"), "occurred_at": occurred_at,
    })
}

/// What a stream tells up to a mark, favourites by their media and marks by their ids, within a while.
async fn told_up_to(reader: &mut Reader, mark: &str) -> Vec<String> {
    let mut told = Vec::<String>::new();
    while told.last().is_none_or(|last| last != mark) {
        let next = tokio::time::timeout(std::time::Duration::from_secs(20), reader.next()).await;
        let next = next.unwrap_or_else(|_| panic!("the stream is silent after {told:?}"));
        told.push(next.id.unwrap_or_else(|| format!("{} {}", next.event, next.data["media"]["id"])));
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_with_its_collection_when_the_topic_is_given_more_partitions() {
    let stage = Stage::new("activity_of_a_topic_that_grew").await;
    let grown = (PARTITIONS + 1..).find(|count| partition_of_all(*count) >= PARTITIONS).unwrap();
    let added = partition_of_all(grown);
    count(&stage, PARTITIONS, "2026-01-01 00:00:00").await;
    stage.favorites(1, 5).await;
    event(&stage, 2, favorite(1, "2026-04-01T12:00:00Z")).await;
    let position = stage.project(partition(), 5).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead, Scope::FavoritesRead]).await;
    let path = format!("/collections/{COLLECTION}/favorites");
    stage.get(&path, &key).header("loupe-min-position", &position).send().await.unwrap();
    let mut open = Reader::open(&stage, &key, None).await;
    assert_eq!(told_up_to(&mut open, &id(4)).await, [id(4)]);

    // The last one where the collection lay, and then one where it lies: its offset is smaller.
    event(&stage, 6, favorite(2, "2026-05-02T12:00:00Z")).await;
    stage.project(partition(), 8).await;
    count(&stage, grown, "2026-05-02 12:00:00").await;
    event(&stage, 1, favorite(3, "2026-05-02T11:00:00Z")).await;
    let position = stage.project(added, 4).await;
    stage.get(&path, &key).header("loupe-min-position", &position).send().await.unwrap();
    let (begins, reached) = (format!("{added}:-1"), format!("{added}:3"));
    let left = id(7);
    // Nothing of the first again, which lies at 2 elsewhere.
    let all = ["favorite 2", left.as_str(), begins.as_str(), "favorite 3", reached.as_str()];
    assert_eq!(told_up_to(&mut open, &reached).await, all);
    let mut cut_off = Reader::open(&stage, &key, Some(&id(4))).await;
    assert_eq!(told_up_to(&mut cut_off, &reached).await, all, "one who was cut off before the topic grew");
    let mut cut_off = Reader::open(&stage, &key, Some(&begins)).await;
    assert_eq!(told_up_to(&mut cut_off, &reached).await, ["favorite 3", reached.as_str()]);

    event(&stage, 4, favorite(4, "2026-05-02T13:00:00Z")).await;
    stage.project(added, 5).await;
    let reached = format!("{added}:4");
    assert_eq!(told_up_to(&mut open, &reached).await, ["favorite 4", reached.as_str()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_needs_its_scope_shows_no_other_list_and_is_bounded() {
    let stage = Stage::with("activity_access", json!({"streams_per_key": 1})).await;
    stage.favorites(1, 2).await;
    event(&stage, 4, json!({"type": "FavoriteAdded", "list_id": "fl_1", "media_id": 1, "media_kind": "photo"})).await;
    stage.project(partition(), 5).await;
    let path = format!("/collections/{COLLECTION}/activity/stream");
    let plain = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead]).await;
    let favorites = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let foreign = stage.known_key(Accounts::one(2), &Scope::ALL).await;
    assert_eq!(stage.json(&path, &favorites).await.0, 403);
    assert_eq!(stage.json(&path, &foreign).await.0, 404);
    let wrong = stage.get(&path, &plain).header("last-event-id", "x").send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    let mut reader = Reader::open(&stage, &plain, Some("-1")).await;
    let message = reader.next().await;
    assert_eq!((message.event.as_str(), message.id.clone()), ("position", Some(id(4))), "no row without its scope");
    let (status, body) = stage.json(&path, &plain).await;
    assert_eq!((status, &body["error"]["code"]), (429, &"too_many_streams".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_key() {
    let stage = Stage::new("activity_of_a_revoked_key").await;
    count(&stage, PARTITIONS, "2026-01-01 00:00:00").await;
    stage.favorites(1, 2).await;
    let position = stage.project(partition(), 5).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead]).await;
    let path = format!("/collections/{COLLECTION}/clients");
    stage.get(&path, &key).header("loupe-min-position", &position).send().await.unwrap();
    let mut reader = Reader::open(&stage, &key, None).await;
    let others = stage.key(Accounts::one(1), &[Scope::AnalyticsRead]);
    let still_open = tokio::time::timeout(std::time::Duration::from_secs(3), reader.closed()).await;
    assert!(still_open.is_err(), "a stream whose key is good ended");
    let keys = stage.keys_file();
    let id = keys::list(&keys).unwrap().into_iter().find(|entry| entry.is_for(&key)).unwrap().id;
    keys::revoke(&keys, &id).unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(10), reader.closed()).await.expect("the stream stays open");
    let (status, body) = stage.json(&path, &key).await;
    assert_eq!((status, body["error"]["code"].as_str()), (401, Some("unauthorized")));
    assert_eq!(stage.json("/analytics/portfolio", &others).await.0, 200);
}
