//! The story over sharded tables: every figure of every endpoint, and what was asked of ClickHouse on the way.

use std::collections::BTreeSet;

use anyhow::ensure;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::erased;
use loupe_tests::service::Service;
use loupe_tests::stack::Stack;
use loupe_tests::story::{self, reading};

use crate::two_shards::{CLUSTER, TwoShards};

#[tokio::test(flavor = "multi_thread")]
async fn every_number_of_the_story_is_right_over_two_shards() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let shards = TwoShards::start().await?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(1, 2)).await?;
    let mut readers = reading::Readers::mint(&stack, 1, 2)?;
    readers.owner.clone_from(&stack.addresses.keys.owner);

    let settings = [("CLUSTER", CLUSTER), ("VIEWS_DATABASE", "loupe"), ("FLUSH_INTERVAL_MS", "100")];
    let url = &shards.before.url;
    let mut projector = Service::projector_with(&stack, "on-a-cluster", "loupe_v1", url, &settings, None)?;
    projector.ready().await?;
    let here = [("CLICKHOUSE_URL", shards.clickhouse.url.as_str())];
    let mut api = Service::query_api_with(&stack, "loupe_v1", &here)?;
    api.ready().await?;
    let client = client.asking(&api.url);
    let whole = reading::expect_story(&client, &readers).await;
    let narrowed = reading::expect_narrowed(&client, &readers).await;
    let problems: Vec<String> =
        [whole, narrowed].into_iter().filter_map(Result::err).map(|error| format!("{error:#}")).collect();
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    expect_sharded(&shards).await?;
    expect_safe_inserts(&shards)?;
    expect_same_views(&stack, &shards).await
}

/// Whatever belongs to accounts is before parts in shards, and an answer from all shards would be twice the truth.
async fn expect_sharded(shards: &TwoShards) -> anyhow::Result<()> {
    let clickhouse = &shards.clickhouse;
    let of_accounts = "SELECT DISTINCT table FROM system.columns WHERE database = 'loupe_v1' AND name = 'account_id' \
                       AND NOT endsWith(table, '_local')";
    let distributed = "SELECT name FROM system.tables WHERE database = 'loupe_v1' AND engine = 'Distributed'";
    let named = async |query: &str| -> anyhow::Result<BTreeSet<String>> {
        Ok(clickhouse.ask(query).await?.lines().map(ToOwned::to_owned).collect())
    };
    let (of_accounts, distributed) = (named(of_accounts).await?, named(distributed).await?);
    ensure!(distributed.len() > 15 && of_accounts == distributed, "{of_accounts:?} are not {distributed:?}");
    let count = async |table: &str| clickhouse.number(&format!("SELECT count() FROM loupe_v1.{table}")).await;
    let (part, both) = (count("events_local").await?, count("events").await?);
    ensure!(part > 100 && both == 2 * part, "two shards have {both} events, one {part}");
    Ok(())
}

/// Inserts wait for both replicas of a shard.
fn expect_safe_inserts(shards: &TwoShards) -> anyhow::Result<()> {
    let statements = shards.before.take();
    let inserts: Vec<_> = statements.iter().filter(|one| is_insert(&one.query, &one.body)).collect();
    ensure!(inserts.len() > 20, "{} inserts", inserts.len());
    for insert in inserts {
        for setting in ["insert_quorum=2", "distributed_foreground_insert=1", "insert_deduplicate=0"] {
            ensure!(insert.query.contains(setting), "{setting} is missing: {}", insert.query);
        }
    }
    Ok(())
}

fn is_insert(query: &str, body: &[u8]) -> bool {
    query.contains("INSERT") || body.starts_with(b"INSERT")
}

/// What BI tools read of an account is what a single node shows, once both have taken out whom the story erases.
async fn expect_same_views(stack: &Stack, shards: &TwoShards) -> anyhow::Result<()> {
    let single = ClickHouse::new(&stack.addresses.clickhouse_url);
    erased::settled(|| same_views(&single, &shards.clickhouse)).await
}

async fn same_views(single: &ClickHouse, spread: &ClickHouse) -> anyhow::Result<()> {
    let views = single
        .ask("SELECT name FROM system.tables WHERE database = 'loupe' AND engine = 'View' AND name != 'freshness'")
        .await?;
    ensure!(views.lines().count() > 10, "{views}");
    for clickhouse in [single, spread] {
        let erased = "SELECT uniqExact(client_hash) FROM loupe_v1.erasure_steps WHERE step = 'done' AND account_id = 1";
        ensure!(clickhouse.number(erased).await? == 1, "{} has erased nobody yet", clickhouse.url);
    }
    for view in views.lines() {
        let rows = format!(
            "SELECT count(), sum(cityHash64(* APPLY toString)) FROM loupe.{view} WHERE account_id = 1 \
             SETTINGS optimize_skip_unused_shards = 1, distributed_product_mode = 'local'"
        );
        let (expected, found) = (single.ask(&rows).await?, spread.ask(&rows).await?);
        ensure!(expected == found, "{view}: {found} instead of {expected}");
    }
    Ok(())
}
