//! Canaries show how long the log takes, and count for nobody.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_schemas::topics;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::scrape::Scraped;
use loupe_tests::season;
use loupe_tests::service::Service;

/// As many partitions as the stack's events topic has.
const PARTITIONS: usize = topics::EVENTS.partitions as usize;
const TIMEOUT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn canaries_of_every_partition_are_seen_and_leave_nothing_but_their_offsets() -> anyhow::Result<()> {
    let stack = crate::stack()?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    // Nothing else is published meanwhile.
    season::of_the_day_before_yesterday(&stack, crate::EVENTS).await?;
    let before = rows(&clickhouse).await?;
    let mut ingest = Service::ingest_with(&stack, &[("CANARY_INTERVAL_S", "1")])?;
    ingest.ready().await?;
    let deadline = Instant::now() + TIMEOUT;
    let seen = loop {
        let seen = Scraped::of(&stack.addresses.query_url).await?;
        let partitions = seen.named("loupe_query_canary_timestamp_seconds").count();
        // The first canaries that a process sees tell it nothing of how long they took.
        if partitions == PARTITIONS && seen.sum("loupe_query_freshness_seconds_count") >= PARTITIONS as f64 {
            break seen;
        }
        ensure!(Instant::now() < deadline, "after a minute canaries of {partitions} partitions are seen");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let count = seen.sum("loupe_query_freshness_seconds_count");
    let mean = seen.sum("loupe_query_freshness_seconds_sum") / count;
    ensure!(mean > 0.0 && mean < 30.0, "canaries took {mean} s on the average");
    let now = loupe_service::clock::now_micros() as f64 / 1e6;
    for series in seen.named("loupe_query_canary_timestamp_seconds") {
        ensure!((0.0..TIMEOUT.as_secs_f64()).contains(&(now - series.value)), "{series:?}, now {now}");
        ensure!(series.labels["topic"] == topics::EVENTS.name, "{series:?}");
    }
    ensure!(ingest.counter("loupe_ingest_canaries_total").await? >= count, "fewer were sent than were seen");
    let counted =
        clickhouse.ask("SELECT sum(canaries), sum(folded + duplicate + quarantined) FROM loupe_v1.ledger").await?;
    let canaries: f64 = counted.split_whitespace().next().context("a sum")?.parse()?;
    ensure!(canaries >= count, "the ledger counts {canaries} of {count}");
    drop(ingest);
    let after = rows(&clickhouse).await?;
    ensure!(after == before, "canaries left rows behind: {before:?}, {after:?}");
    let freshness = unaccounted(&stack.addresses.query_url, &stack.addresses.keys.owner).await?;
    ensure!(freshness == 0, "{freshness} offsets are unaccounted for");
    Ok(())
}

/// How many rows each table has, but those that tell of offsets.
async fn rows(clickhouse: &ClickHouse) -> anyhow::Result<BTreeMap<String, String>> {
    let tables = "SELECT name FROM system.tables WHERE database = 'loupe_v1' AND engine LIKE '%MergeTree' AND name NOT IN \
                  ('ledger', 'positions', 'canaries', 'watermarks')";
    let mut rows = BTreeMap::new();
    for table in clickhouse.ask(tables).await?.lines() {
        let count = clickhouse.ask(&format!("SELECT count() FROM loupe_v1.{table} FINAL")).await?;
        rows.insert(table.to_owned(), count);
    }
    ensure!(rows.len() > 15, "only {rows:?}");
    Ok(rows)
}

/// What `/freshness` says of offsets that no range names.
async fn unaccounted(url: &str, key: &str) -> anyhow::Result<u64> {
    let answer = reqwest::Client::new().get(format!("{url}/freshness")).bearer_auth(key).send().await?;
    let json: serde_json::Value = answer.error_for_status()?.json().await?;
    json["unaccounted_offsets"].as_u64().context("no number of offsets")
}
