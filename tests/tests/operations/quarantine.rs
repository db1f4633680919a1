//! Quarantine as a product: list, show, dry-run, replay.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use loupe_schemas::topics;
use loupe_tests::client::Client;
use loupe_tests::foreign::ForeignProducer;
use loupe_tests::stack::Stack;
use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers, Message};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use crate::{favorite, printed, stack, until};

const ACCOUNT: u64 = 81;
const COLLECTION: u64 = 8_101;
const LARGE: u64 = 8_102;
/// Why noise is no event.
const REASON: &str = "unknown_framing";
const OCCURRED_AT: &str = "2026-05-02T18:04:42.000125Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_an_event_by_now_is_sent_once_more_and_counts_once() -> anyhow::Result<()> {
    let stack = stack()?;
    let mut producer = ForeignProducer::connect(&stack.addresses.kafka_bootstrap, "murmur2_random")?;
    // A fact on the catalogue's topic, and bytes that name a schema nobody has.
    let record = producer.encode(&favorite(ACCOUNT, COLLECTION, 1, OCCURRED_AT), "FavoriteAdded")?;
    producer.send_bytes("gallery.catalog.v1", "collection/81/8101", Some(&record)).await?;
    let unknown = [0xC3, 0x01, 8, 7, 6, 5, 4, 3, 2, 1, 42];
    producer.send_bytes("gallery.events.v1", "8101", Some(&unknown)).await?;
    let future = favorite(ACCOUNT, COLLECTION, 2, "2126-05-02T18:04:42Z");
    producer.send(&future).await?;
    let mut client = Client::new(&stack);
    client.position = producer.position.clone();

    let listed = until("all three in quarantine", || async {
        let listed = printed(&stack, &["quarantine", "list"])?;
        Ok((listed.contains("wrong_topic") && listed.contains("unknown_schema") && listed.contains("out_of_range"))
            .then_some(listed))
    })
    .await?;
    let misplaced = places_of(&stack, "wrong_topic")?.pop_first().context("a place")?;
    ensure!(listed.contains("FavoriteAdded.v1") && listed.contains("fra-edge-07"), "{listed}");
    ensure!(listed.contains("0102030405060708"), "the fingerprint: {listed}");
    let of_schema = printed(&stack, &["quarantine", "list", "--schema", "0102030405060708"])?;
    ensure!(of_schema.lines().count() == 2 && of_schema.contains("1  unknown_schema"), "{of_schema}");
    let of_nobody = printed(&stack, &["quarantine", "list", "--edge", "no-such-node"])?;
    ensure!(of_nobody.contains("nothing is quarantined"), "{of_nobody}");
    let later = printed(&stack, &["quarantine", "list", "--from", "2126-01-01T00:00:00Z"])?;
    ensure!(later.contains("nothing is quarantined"), "{later}");

    let place = of_schema.split_whitespace().next().context("a place")?;
    let shown = printed(&stack, &["quarantine", "show", place])?;
    ensure!(
        shown.contains("c3 01 08 07 06 05 04 03 02 01 2a") && shown.contains("today     unknown_schema"),
        "{shown}"
    );

    let dry = printed(&stack, &["quarantine", "dry-run"])?;
    ensure!(dry.contains("event FavoriteAdded") && dry.contains(OCCURRED_AT), "{dry}");
    ensure!(dry.contains("out_of_range"), "what was in the future when it came stays so: {dry}");
    let key = stack.key(ACCOUNT, "favorites:read")?;
    let path = format!("/collections/{COLLECTION}/favorites");
    let nothing = client.ask(&key, &path).await?;
    ensure!(nothing.status == 404, "nothing is counted yet: {}", nothing.text);

    let replayed = printed(&stack, &["quarantine", "replay"])?;
    // What other tests have sent is none still, too.
    ensure!(replayed.starts_with("1 sent once more, ") && replayed.contains(" are no events still"), "{replayed}");
    let answer = until("the favourite", || async {
        let answer = client.ask(&key, &path).await?;
        Ok((answer.status == 200).then_some(answer))
    })
    .await?;
    ensure!(answer.json["data"][0]["favorited_at"] == OCCURRED_AT, "event time is kept: {}", answer.text);
    ensure!(printed(&stack, &["quarantine", "replay"])?.starts_with("0 sent"), "what was sent is not pending");

    let again = printed(&stack, &["quarantine", "replay", "--all", "--reason", "wrong_topic"])?;
    ensure!(again.starts_with("1 sent"), "{again}");
    let duplicate = favorite(ACCOUNT, COLLECTION, 3, OCCURRED_AT);
    client.publish(&[duplicate]).await?;
    let answer = client.read(&key, &path).await?;
    ensure!(answer.json["meta"]["total"] == 2, "a repeat counts once: {}", answer.text);
    let letters = tokio::task::block_in_place(|| dead_letters(&stack.addresses.kafka_bootstrap))?;
    expect_letter_of_misplaced(&letters, &misplaced)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_as_large_as_kafka_takes_is_quarantined_and_its_partition_goes_on() -> anyhow::Result<()> {
    let stack = stack()?;
    let mut producer = ForeignProducer::connect(&stack.addresses.kafka_bootstrap, "murmur2_random")?;
    let mut client = Client::new(&stack);
    let key = stack.key(ACCOUNT, "favorites:read")?;
    let path = format!("/collections/{LARGE}/favorites");
    for (number, bytes, has_bytes) in [(1, 4_194_000, true), (2, 1_500_000, false)] {
        if !has_bytes {
            tokio::task::block_in_place(|| limit_quarantine(&stack.addresses.kafka_bootstrap, "1000000"))?;
        }
        let known_before = places_of(&stack, REASON)?;
        // What LZ4 cannot make smaller, and no event.
        let noise = noise(bytes);
        producer.send_bytes("gallery.events.v1", &LARGE.to_string(), Some(&noise)).await?;
        producer.send(&favorite(ACCOUNT, LARGE, number, OCCURRED_AT)).await?;
        client.position = producer.position.clone();
        let answer = client.read(&key, &path).await?;
        ensure!(answer.json["meta"]["total"] == number, "what lies behind it counts: {}", answer.text);
        let known = places_of(&stack, REASON)?;
        let place = known.difference(&known_before).next().context("it is in the table")?;
        let offset = place.rsplit('/').next().context("an offset")?;
        let letters = tokio::task::block_in_place(|| dead_letters(&stack.addresses.kafka_bootstrap))?;
        let letter = letters.iter().find(|letter| {
            letter.says("__connect.errors.offset", offset)
                && letter.says("__connect.errors.exception.class.name", REASON)
        });
        let letter = letter.with_context(|| format!("{place} is on the topic"))?;
        if has_bytes {
            ensure!(letter.payload == noise, "byte for byte");
        } else {
            ensure!(letter.payload.is_empty() && letter.says("loupe.payload_bytes", &bytes.to_string()));
        }
    }
    tokio::task::block_in_place(|| limit_quarantine(&stack.addresses.kafka_bootstrap, "5242880"))
}

/// One letter says all of the record that lies at `place`, on a topic it does not belong on.
fn expect_letter_of_misplaced(letters: &[DeadLetter], place: &str) -> anyhow::Result<()> {
    let [topic, partition, offset] = place.split('/').collect::<Vec<_>>()[..] else { bail!("no place: {place}") };
    ensure!(topic == "gallery.catalog.v1", "{place}");
    let headers = [
        ("__connect.errors.topic", topic),
        ("__connect.errors.partition", partition),
        ("__connect.errors.offset", offset),
        ("__connect.errors.exception.class.name", "wrong_topic"),
    ];
    let letter = letters.iter().find(|letter| headers.iter().all(|(name, value)| letter.says(name, value)));
    let letter = letter.with_context(|| format!("{place} is not on the topic"))?;
    let reason = letter.said("__connect.errors.exception.message");
    ensure!(reason.is_some_and(|reason| reason.contains("belongs on gallery.events.v1")), "{reason:?}");
    Ok(())
}

/// Bytes that look random.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(bytes).collect()
}

/// Where the records lie that were rejected for a reason.
fn places_of(stack: &Stack, reason: &str) -> anyhow::Result<BTreeSet<String>> {
    let listed = printed(stack, &["quarantine", "list", "--reason", reason])?;
    let place = |line: &str| {
        line.split_whitespace().next().filter(|place| place.starts_with("gallery.")).map(ToOwned::to_owned)
    };
    Ok(listed.lines().filter_map(place).collect())
}

/// Has the quarantine topic take records of so many bytes at most.
fn limit_quarantine(bootstrap: &str, bytes: &str) -> anyhow::Result<()> {
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", bootstrap).create()?;
    let topic = AlterConfig::new(ResourceSpecifier::Topic(topics::QUARANTINE.name));
    // What is not named goes back to the broker's default.
    let topic = topics::QUARANTINE
        .settings
        .iter()
        .fold(topic, |topic, (name, value)| topic.set(name, if *name == "max.message.bytes" { bytes } else { value }));
    let altered = tokio::runtime::Handle::current().block_on(admin.alter_configs([&topic], &AdminOptions::new()))?;
    altered.into_iter().try_for_each(|altered| altered.map(drop).map_err(|(_, code)| anyhow::anyhow!("{code}")))
}

/// A record of the quarantine topic.
struct DeadLetter {
    headers: Vec<(String, String)>,
    payload: Vec<u8>,
}

impl DeadLetter {
    fn says(&self, name: &str, value: &str) -> bool {
        self.said(name) == Some(value)
    }

    fn said(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, said)| said.as_str())
    }
}

/// The records of the quarantine topic.
fn dead_letters(bootstrap: &str) -> anyhow::Result<Vec<DeadLetter>> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("group.id", "test-of-dead-letters")
        .set("auto.offset.reset", "earliest")
        .set("enable.partition.eof", "true")
        .create()?;
    let mut partitions = TopicPartitionList::new();
    partitions.add_partition_offset("gallery.quarantine.v1", 0, Offset::Beginning)?;
    consumer.assign(&partitions)?;
    let mut found = Vec::new();
    while let Some(polled) = consumer.poll(Duration::from_secs(20)) {
        let message = match polled {
            Err(KafkaError::PartitionEOF(_)) => break,
            polled => polled?,
        };
        let text = |value: Option<&[u8]>| String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
        let headers = message.headers().context("headers")?.iter();
        let headers = headers.map(|header| (header.key.to_owned(), text(header.value))).collect();
        found.push(DeadLetter { headers, payload: message.payload().unwrap_or_default().to_vec() });
    }
    Ok(found)
}
