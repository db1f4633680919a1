//! Unchanged rules give identical tables: after a kill, beside live writing, and when Kafka has let go of records.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_local::demo::Generator;
use loupe_projector::log::end_offset;
use loupe_schemas::topics;
use loupe_tests::PATIENCE;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::produce;
use loupe_tests::stack::Stack;
use loupe_tests::story::{self, reading};
use rdkafka::admin::AdminOptions;
use rdkafka::config::ClientConfig;
use rdkafka::producer::{DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::json;

use crate::{admin, loupe, read_by_views, stack, unaccounted};

const SEASON: u64 = 4_000;
/// Fewer than a breaker stops a partition for.
const GARBLED: u64 = 9;
const SEED: u64 = 20_261_127;
const PORTFOLIO: &str = "/analytics/portfolio";

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_code_gives_identical_tables() -> anyhow::Result<()> {
    let stack = stack()?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let readers = reading::Readers::mint(&stack, 71, 72)?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(71, 72)).await?;
    garble(&stack, GARBLED)?;
    play(&mut client, SEASON).await?;
    reading::expect_story(&client, &readers).await?;
    forget(&stack, &clickhouse).await?;

    // Before the tables are there, the question is refused.
    kill_once(&stack, async || clickhouse.number("SELECT count() FROM loupe_v2.events").await.unwrap_or(0) > 0).await?;
    rebuild_beside_writing(&stack, &mut client).await?;

    let ended = "SELECT count() FROM loupe_v2.erasure_steps WHERE client_hash = 7 AND done_at = '2026-01-02 00:00:00'";
    ensure!(clickhouse.number(ended).await? == 1, "a receipt would say that the erasure has not ended");

    // Readers see the same, from the other database.
    ensure!(read_by_views(&clickhouse).await? == "loupe_v2");
    reading::expect_story(&client, &readers).await?;
    ensure!(unaccounted(&stack, &client).await? == 0);
    let same = "SELECT (SELECT sum(cityHash64(* EXCEPT version)) FROM loupe_v1.events FINAL) \
                = (SELECT sum(cityHash64(* EXCEPT version)) FROM loupe_v2.events FINAL)";
    until_one(&clickhouse, same).await?;
    ensure!(clickhouse.number("SELECT count() FROM loupe_v2.quarantine FINAL").await? == GARBLED);
    let sent = end_offset(&config(&stack)?, topics::QUARANTINE.name, 0)?;
    ensure!(sent == i64::try_from(GARBLED)? + 1, "{sent} records are in the quarantine topic, and one of them twice");

    // What comes from now on is in the new one, and after the way back in the old one.
    play(&mut client, SEASON / 2).await?;
    client.read(&stack.addresses.keys.owner, PORTFOLIO).await?;
    let behind = "SELECT (SELECT count() FROM loupe_v2.events FINAL) > (SELECT count() FROM loupe_v1.events FINAL)";
    until_one(&clickhouse, behind).await?;
    ensure!(loupe(&stack, &["rollback"], true)?.contains("loupe_v1 is served from now on"));
    ensure!(read_by_views(&clickhouse).await? == "loupe_v1");
    until_one(&clickhouse, same).await?;
    reading::expect_story(&client, &readers).await?;
    ensure!(unaccounted(&stack, &client).await? == 0);
    ensure!(loupe(&stack, &["audit", "--sample", "5", "--from", "events"], true)?.ends_with(": 0 differ\n"));
    ensure!(stack.panics()?.is_empty(), "{:?}", stack.panics()?);
    Ok(())
}

/// Has Kafka and the tables forget what they once had, each something else.
async fn forget(stack: &Stack, clickhouse: &ClickHouse) -> anyhow::Result<()> {
    // Kafka lets go of the first records of every partition, and of all there are of some.
    let gone = let_go(stack, clickhouse, "loupe_v1", |number, end| if number == 0 { end } else { end / 2 }).await?;
    ensure!(gone > 100, "only {gone} events are gone from Kafka");
    let quarantined = clickhouse.number("SELECT count() FROM loupe_v1.quarantine FINAL").await?;
    ensure!(quarantined == GARBLED, "{quarantined}");

    // A record that is no event named somebody who was erased, and was deleted; Kafka has it still.
    garble(stack, 1)?;
    until_one(clickhouse, &format!("SELECT count() = {} FROM loupe_v1.quarantine FINAL", GARBLED + 1)).await?;
    clickhouse
        .ask(
            "ALTER TABLE loupe_v1.quarantine DELETE WHERE (partition, offset) IN \
              (SELECT partition, max(offset) FROM loupe_v1.quarantine WHERE key = '0' GROUP BY partition) \
              SETTINGS mutations_sync = 2",
        )
        .await?;
    ensure!(clickhouse.number("SELECT count() FROM loupe_v1.quarantine FINAL").await? == GARBLED);
    // Somebody was erased so long ago that the catalogue's topic does not tell of it any more.
    for row in [
        "erasures VALUES (71, 7, ('2026-01-01 00:00:00', 7))",
        "erasure_steps VALUES (71, 7, 'done', '2026-01-02 00:00:00')",
    ] {
        clickhouse.ask(&format!("INSERT INTO loupe_v1.{row}")).await?;
    }
    Ok(())
}

/// Goes on with the rebuild that was killed; what it compares is the same.
async fn rebuild_beside_writing(stack: &Stack, client: &mut Client) -> anyhow::Result<()> {
    // Beside the rebuild, which goes on from there, events come in.
    let mut publishing = client.clone();
    let live = tokio::spawn(async move {
        play(&mut publishing, SEASON / 4).await?;
        anyhow::Ok(publishing)
    });
    let output = loupe(stack, &["rebuild"], true)?;
    client.wait_for(&live.await??)?;
    ensure!(output.contains("loupe_v2 is gone on with by definition v1"), "{output}");
    ensure!(
        output.contains("\n0 rows of closed days differ") && output.contains("loupe_v2 is served from now on"),
        "{output}"
    );
    let compared = output.lines().find(|line| line.trim_start().starts_with("events ")).context("no events")?;
    ensure!(compared.ends_with(": the same") && !compared.contains(" 0 rows"), "{output}");
    Ok(())
}

/// Records that are no events, between others.
fn garble(stack: &Stack, records: u64) -> anyhow::Result<()> {
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", &stack.addresses.kafka_bootstrap);
    let producer: ThreadedProducer<DefaultProducerContext> = client.create()?;
    for number in 0..records {
        produce::send(&producer, topics::EVENTS.name, &number.to_string(), b"no event")?;
    }
    Ok(producer.flush(Duration::from_secs(30))?)
}

fn config(stack: &Stack) -> anyhow::Result<loupe_projector::Config> {
    let addresses = &stack.addresses;
    let config = json!({"kafka_bootstrap": addresses.kafka_bootstrap, "clickhouse_url": addresses.clickhouse_url});
    Ok(serde_json::from_value(config)?)
}

/// Publishes a season of the day before yesterday, of other events each time.
async fn play(client: &mut Client, events: u64) -> anyhow::Result<()> {
    play_before(client, events, 2).await
}

/// Publishes a season that ended so many days ago, of other events for each number of them.
pub(crate) async fn play_before(client: &mut Client, events: u64, days: i64) -> anyhow::Result<()> {
    let until = loupe_service::clock::now() - chrono::Duration::days(days);
    let events: Vec<_> =
        Generator::new(until, events, SEED + events).map(|event| loupe_schemas::json::to_value(&event)).collect();
    for batch in events.chunks(500) {
        client.publish_lines(batch).await?;
    }
    Ok(())
}

/// Starts a rebuild and kills it when it is time; by then it may have done anything.
pub(crate) async fn kill_once(stack: &Stack, is_time: impl AsyncFn() -> bool) -> anyhow::Result<()> {
    let mut child = stack.command(&["rebuild", "--keep-aside"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let deadline = Instant::now() + PATIENCE;
    while !is_time().await {
        ensure!(Instant::now() < deadline, "it is not time to kill the rebuild");
        ensure!(child.try_wait()?.is_none(), "the rebuild ended before it was killed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// Deletes from Kafka what lies below an offset, which follows from the number of each partition and its end; how many
/// events only the tables have.
pub(crate) async fn let_go(
    stack: &Stack,
    clickhouse: &ClickHouse,
    served: &str,
    below: impl Fn(usize, i64) -> i64,
) -> anyhow::Result<u64> {
    let ends = clickhouse
        .ask(&format!(
            "SELECT partition, max(next_offset) FROM {served}.positions \
             WHERE topic = 'gallery.events.v1' GROUP BY partition ORDER BY partition"
        ))
        .await?;
    let mut offsets = TopicPartitionList::new();
    for (number, line) in ends.lines().enumerate() {
        let (partition, end) = line.split_once('\t').context("a partition and its end")?;
        let (partition, end): (i32, i64) = (partition.parse()?, end.parse()?);
        offsets.add_partition_offset(topics::EVENTS.name, partition, Offset::Offset(below(number, end)))?;
    }
    let deleted = admin(stack)?.delete_records(&offsets, &AdminOptions::new()).await?;
    let first: i64 = deleted.elements().iter().filter_map(|element| element.offset().to_raw()).sum();
    Ok(first.unsigned_abs())
}

pub(crate) async fn until_one(clickhouse: &ClickHouse, question: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while clickhouse.ask(question).await? != "1" {
        ensure!(Instant::now() < deadline, "{question}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
