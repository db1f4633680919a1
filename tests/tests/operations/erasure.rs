//! A person is erased from a running stack: every figure stays, and nothing stored names them any more (rule 16).

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, ensure};
use loupe_schemas::topics;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::erased;
use loupe_tests::foreign::ForeignProducer;
use loupe_tests::stack::Stack;
use loupe_tests::story::{self, PORTRAITS, WEDDING};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers, Message};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::erasure_files::Files;
use crate::{favorite, printed, until};

pub(super) const ACCOUNT: u64 = 93;
pub(super) const ANA: &str = "cl_AnaAnaAnaAnaAnaAnaAnaAnaAnaAna";
/// What names Ana: her id, address, name, cookie, notes. Other people of the story have none of these.
pub(super) const TRACES: [&str; 6] = [ANA, "ana@ex.com", "Ana Ruiz", "vs_ana", "Brighter still", "A late note"];
const SCOPES: &str = "downloads:read,favorites:read,links:read,links:secret,clients:pii,analytics:read,clients:erase";

/// How often an entry tells of Ana who is erased.
const ANEW: usize = 40;

/// All but follow-ups: nobody is followed up who is erased.
fn paths() -> Vec<String> {
    let mut paths = vec!["/photos/starred".to_owned(), "/analytics/portfolio".to_owned()];
    for collection in [WEDDING, PORTRAITS] {
        for route in [
            "photo_downloads?include=filtered",
            "gallery_video_downloads",
            "downloads/?include=filtered",
            "photo_sharing_links",
            "favorites?state=all",
            "analytics",
            "analytics/popular",
            "clients",
        ] {
            paths.push(format!("/collections/{collection}/{route}"));
        }
    }
    paths
}

/// Every answer, without what tells when it was given.
async fn answers(client: &Client, key: &str) -> anyhow::Result<Vec<(String, Value)>> {
    let mut answers = Vec::new();
    for path in paths() {
        let mut answer = client.read(key, &path).await?.json;
        for member in ["as_of", "position", "next_cursor", "csv_url"] {
            if let Some(meta) = answer["meta"].as_object_mut() {
                meta.remove(member);
            }
        }
        answers.push((path, answer));
    }
    Ok(answers)
}

/// The answer as it must be once the person is erased. Lists that were in the order of ids are in another one then, so every
/// list is put in the order of its text.
fn without_person(value: &mut Value, place: &str) {
    match value {
        Value::Object(members) => {
            let of_person = |client: &Value| client["id"] == ANA || client["id"] == place;
            if members.get("client").is_some_and(of_person) && members.contains_key("note") {
                members.insert("note".to_owned(), Value::Null);
            }
            if members.get("id").is_some_and(|id| id == ANA) {
                members.insert("id".to_owned(), json!(place));
                members.insert("email".to_owned(), Value::Null);
                members.insert("name".to_owned(), Value::Null);
            }
            members.values_mut().for_each(|member| without_person(member, place));
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| without_person(item, place));
            items.sort_by_cached_key(ToString::to_string);
        }
        _ => {}
    }
}

async fn call(stack_url: &str, key: &str, method: reqwest::Method, path: &str) -> anyhow::Result<(StatusCode, Value)> {
    let request = reqwest::Client::new().request(method, format!("{stack_url}{path}")).bearer_auth(key);
    let response = request.send().await?;
    Ok((response.status(), response.json().await.unwrap_or_default()))
}

/// The tables of every database, served or not.
pub(super) async fn tables(engine: &ClickHouse) -> anyhow::Result<Vec<String>> {
    let tables = "SELECT concat(database, '.`', name, '`') FROM system.tables \
                  WHERE startsWith(database, 'loupe_v') AND engine LIKE '%MergeTree'";
    Ok(engine.ask(tables).await?.lines().map(str::to_owned).collect())
}

/// The tables of which a row, outranked ones included, holds a trace; and mutations, which keep their text.
async fn traces_in_tables(engine: &ClickHouse) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for table in tables(engine).await?.into_iter().chain(["system.mutations".to_owned()]) {
        let dump = engine.ask(&format!("SELECT * FROM {table} FORMAT JSONEachRow")).await?;
        found.extend(TRACES.iter().filter(|trace| dump.contains(**trace)).map(|trace| format!("{table}: {trace}")));
    }
    Ok(found)
}

/// The records of a topic that hold a trace.
fn traces_in_topic(bootstrap: &str, topic: &str) -> anyhow::Result<Vec<String>> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("group.id", "test-of-traces")
        .set("enable.partition.eof", "true")
        .create()?;
    let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(20))?;
    let partitions = metadata.topics().first().context("a topic")?.partitions().len();
    let mut list = TopicPartitionList::new();
    for partition in 0..i32::try_from(partitions)? {
        list.add_partition_offset(topic, partition, Offset::Beginning)?;
    }
    consumer.assign(&list)?;
    // A partition's end is told again when something comes behind it.
    let (mut ended, mut found) = (BTreeSet::new(), Vec::new());
    while ended.len() < partitions {
        let message = match consumer.poll(Duration::from_secs(20)).context("the topic is silent")? {
            Err(KafkaError::PartitionEOF(partition)) => {
                ended.insert(partition);
                continue;
            }
            polled => polled?,
        };
        let mut bytes = [message.key().unwrap_or_default(), message.payload().unwrap_or_default()].concat();
        for header in message.headers().iter().flat_map(|headers| headers.iter()) {
            bytes.extend_from_slice(header.value.unwrap_or_default());
        }
        let place = || format!("{topic}/{}/{}", message.partition(), message.offset());
        let holds = |trace: &&&str| bytes.windows(trace.len()).any(|window| window == trace.as_bytes());
        found.extend(TRACES.iter().filter(holds).map(|trace| format!("{}: {trace}", place())));
    }
    Ok(found)
}

/// Orders Ana to be erased and waits until she is; the id in her place. Nobody else may order or follow it.
async fn order(stack: &Stack, key: &str) -> anyhow::Result<String> {
    let query_url = stack.addresses.query_url.trim_end_matches('/').to_owned();
    let path = format!("/clients/{ANA}/personal_data");
    let reader = stack.key(ACCOUNT, story::OWNER_SCOPES)?;
    let (status, _) = until("the keys", || async {
        let answer = call(&query_url, &reader, reqwest::Method::DELETE, &path).await?;
        Ok((answer.0 != StatusCode::UNAUTHORIZED).then_some(answer))
    })
    .await?;
    ensure!(status == StatusCode::FORBIDDEN, "a key without the scope is answered {status}");
    let (status, ordered) = call(&query_url, key, reqwest::Method::DELETE, &path).await?;
    ensure!(status == StatusCode::ACCEPTED, "{status}: {ordered}");
    let receipt = ordered["data"]["receipt"].as_str().context("a receipt")?.to_owned();
    ensure!(!receipt.contains(ANA), "{receipt}");
    let followed = format!("/erasures/{receipt}");
    let erased = until("the erasure", || async {
        let (status, answer) = call(&query_url, key, reqwest::Method::GET, &followed).await?;
        ensure!(status == StatusCode::OK, "{status}: {answer}");
        Ok((answer["data"]["status"] == "erased").then_some(answer))
    })
    .await?;
    let place = erased["data"]["client_id"].as_str().context("the id in her place")?.to_owned();
    ensure!(place.starts_with("cl_erased_") && !erased["data"]["erased_at"].is_null(), "{erased}");
    let foreign = stack.key(94, SCOPES)?;
    let (status, _) = until("the other's key", || async {
        let answer = call(&query_url, &foreign, reqwest::Method::GET, &followed).await?;
        Ok((answer.0 != StatusCode::UNAUTHORIZED).then_some(answer))
    })
    .await?;
    ensure!(status == StatusCode::NOT_FOUND, "another account's receipt is answered {status}");
    let (status, again) = call(&query_url, key, reqwest::Method::DELETE, &path).await?;
    ensure!(status == StatusCode::ACCEPTED && again["data"]["client_id"] == place.as_str(), "{status}: {again}");
    Ok(place)
}

/// What comes late, is told again, or tells of the person anew.
async fn come_late(client: &mut Client, key: &str, place: &str) -> anyhow::Result<()> {
    let mut late = favorite(ACCOUNT, WEDDING, 900, "2026-05-02T18:04:42Z");
    late["actor"]["client_id"] = json!(ANA);
    late["actor"]["visitor_id"] = json!("vs_ana");
    late["note"] = json!("A late note");
    let anew = [json!({
        "type": "ClientUpserted", "event_id": "019de9dd-3690-7ef1-8040-000000000001", "account_id": ACCOUNT,
        "occurred_at": "2026-05-02T18:04:42Z", "client_id": ANA, "email": "ana@ex.com", "name": "Ana Ruiz",
    })];
    let mut repeated = story::events(ACCOUNT, 94);
    repeated.push(late);
    client.publish(&repeated).await?;
    // Again and again, so that the last one most likely comes while those before it are being cleaned.
    for _ in 0..ANEW {
        client.publish(&anew).await?;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let favorites = client.read(key, &format!("/collections/{WEDDING}/favorites")).await?;
    let is_late = |row: &Value| row["media"]["id"] == 1_900 && row["client"]["id"] == place && row["note"].is_null();
    ensure!(favorites.json["data"].as_array().is_some_and(|rows| rows.iter().any(is_late)), "{}", favorites.text);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_an_erased_person_is_gone_and_every_figure_stays() -> anyhow::Result<()> {
    // Nobody else's story is told in it: the same people are in it.
    let stack = Stack::start(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let bootstrap = stack.addresses.kafka_bootstrap.clone();
    let engine = ClickHouse::new(&stack.addresses.clickhouse_url);
    let mut client = Client::new(&stack);
    client.publish(&story::events(ACCOUNT, 94)).await?;
    // Bytes that are no event, and hold her address and id.
    let mut producer = ForeignProducer::connect(&bootstrap, "murmur2_random")?;
    let garbage = format!("\u{1}garbage about {ANA}, ana@ex.com");
    producer.send_bytes("gallery.events.v1", &WEDDING.to_string(), Some(garbage.as_bytes())).await?;
    let key = stack.key(ACCOUNT, SCOPES)?;
    until("the garbage in quarantine", || async {
        let found =
            engine.number("SELECT count() FROM loupe_v1.quarantine WHERE position(payload, 'garbage about') > 0");
        Ok((found.await? == 1).then_some(()))
    })
    .await?;
    // The story erases somebody else, who may count twice until they are gone.
    client.read(&key, "/analytics/portfolio").await?;
    erased::everybody(&stack).await?;
    // Another database is served, and the one from before is kept.
    printed(&stack, &["rebuild"])?;
    let mut before = answers(&client, &key).await?;
    let named = traces_in_tables(&engine).await?;
    for (database, trace) in
        ["loupe_v1", "loupe_v2"].into_iter().flat_map(|name| TRACES[..5].iter().map(move |trace| (name, trace)))
    {
        let is_named = named.iter().any(|found| found.starts_with(database) && found.ends_with(trace));
        ensure!(is_named, "{database} does not tell of {trace}: {named:?}");
    }

    let files = Files::of(&stack)?;
    files.expect_named().await?;

    let place = order(&stack, &key).await?;

    // Every figure stays.
    let mut after = answers(&client, &key).await?;
    for (_, answer) in before.iter_mut().chain(&mut after) {
        without_person(answer, &place);
    }
    for ((path, before), (_, after)) in before.iter().zip(&after) {
        ensure!(before == after, "{path} was\n{before}\nand is\n{after}");
    }

    come_late(&mut client, &key, &place).await?;
    until("no trace in any table", || async { Ok(traces_in_tables(&engine).await?.is_empty().then_some(())) })
        .await
        .with_context(|| "traces stay")?;
    for from in ["kafka", "events"] {
        let audit = printed(&stack, &["audit", "--collection", &WEDDING.to_string(), "--from", from])?;
        ensure!(audit.ends_with(": 0 differ\n"), "{audit}");
    }

    ensure!(traces_in_topic(&bootstrap, topics::QUARANTINE.name)?.is_empty());
    files.expect_clean(&mut client).await?;
    let found = tokio::task::block_in_place(|| traces_in_topic(&bootstrap, topics::CATALOG.name))?;
    ensure!(found.is_empty(), "the catalogue keeps {found:?}");
    Ok(())
}
