//! Avro written straight to Kafka by a client that is not ours.

use anyhow::{Context, ensure};
use loupe_tests::client::Client;
use loupe_tests::foreign::ForeignProducer;
use loupe_tests::story::{self, reading};

use crate::stack;

#[tokio::test]
async fn foreign_avro_is_counted_alike_and_garbage_between_it_is_quarantined() -> anyhow::Result<()> {
    let stack = stack()?;
    let readers = reading::Readers::mint(&stack, 41, 42)?;
    // The partitioner of the Java client.
    let mut producer = ForeignProducer::connect(&stack.addresses.kafka_bootstrap, "murmur2_random")?;
    let garbage: [&[u8]; 5] = [b"", b"no avro", &[0xC3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 9], &[0, 0, 0, 0, 1, 2], &[0xC3]];
    for (number, event) in story::events(41, 42).iter().enumerate() {
        if number % 40 == 0 {
            producer.send_bytes("gallery.events.v1", "9001", Some(garbage[number / 40 % garbage.len()])).await?;
        }
        producer.send(event).await?;
    }
    let mut client = Client::new(&stack);
    client.position.clone_from(&producer.position);
    reading::expect_story(&client, &readers).await?;
    ensure!(client.are_services_ready().await?, "a service is not ready");

    let question = "SELECT count() FROM loupe_v1.quarantine FINAL";
    let url =
        format!("{}/?query={}", stack.addresses.clickhouse_url.trim_end_matches('/'), question.replace(' ', "%20"));
    let count = reqwest::get(url).await?.text().await?;
    let count: u64 = count.trim().parse().with_context(|| format!("ClickHouse answered {count}"))?;
    let sent = story::events(41, 42).len().div_ceil(40);
    ensure!(count >= sent as u64, "{sent} records were garbage, {count} are in quarantine");
    Ok(())
}

#[tokio::test]
async fn foreign_avro_in_other_partitions_is_brought_home_and_counted_alike() -> anyhow::Result<()> {
    let stack = stack()?;
    let readers = reading::Readers::mint(&stack, 43, 44)?;
    // librdkafka's default takes a key to other partitions than Java's and ours.
    let mut producer = ForeignProducer::connect(&stack.addresses.kafka_bootstrap, "consistent_random")?;
    for event in story::events(43, 44) {
        producer.send(&event).await?;
    }
    let mut client = Client::new(&stack);
    client.position.clone_from(&producer.position);
    // The position is of where they were first: what was brought home comes a little later, which this waits for too.
    reading::expect_story(&client, &readers).await
}
