//! Tables that grow: a season folded by the projector, then copied under other accounts.

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::ensure;
use futures::{StreamExt, TryStreamExt, stream};
use loupe_local::demo::Generator;
use loupe_schemas::json;

use crate::clickhouse::ClickHouse;
use crate::client::Client;
use crate::stack::Stack;

const SEED: u64 = 33;
const BATCH: usize = 1_000;
const CONNECTIONS: usize = 4;
/// Accounts of a copy follow those of the copy before after so many.
const ACCOUNTS: u64 = 1_000;
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// So many looks in a row must find no merge.
const QUIET: u32 = 10;
const MERGE_TIMEOUT: Duration = Duration::from_secs(3_600);

/// Publishes a season, catalogue included, and waits until all of it can be read.
pub(super) async fn season(stack: &Stack, events: u64) -> anyhow::Result<()> {
    let mut client = Client::new(stack);
    let mut season = Generator::new(loupe_service::clock::now(), events, SEED).map(|event| json::to_value(&event));
    let batches = std::iter::from_fn(move || {
        let batch: Vec<_> = season.by_ref().take(BATCH).collect();
        (!batch.is_empty()).then_some(batch)
    });
    let publishers = stream::iter(batches).map(|batch| {
        let mut publisher = client.clone();
        async move {
            publisher.publish_lines(&batch).await?;
            anyhow::Ok(publisher)
        }
    });
    let publishers: Vec<Client> = publishers.buffer_unordered(CONNECTIONS).try_collect().await?;
    for publisher in &publishers {
        client.wait_for(publisher)?;
    }
    client.read(&stack.addresses.keys.owner, "/analytics/portfolio").await?;
    Ok(())
}

/// Copies the rows of every table that has accounts, so that each is there once more for each of these copies, as if
/// other accounts had had the same season. Waits until the tables are merged, also when there is nothing to copy.
pub(super) async fn copy(clickhouse: &ClickHouse, database: &str, copies: Range<u64>) -> anyhow::Result<()> {
    let tables = format!(
        "SELECT table FROM system.columns WHERE database = '{database}' AND name = 'account_id' \
         AND table IN (SELECT name FROM system.tables WHERE database = '{database}' AND engine LIKE '%MergeTree')"
    );
    for table in clickhouse.ask(&tables).await?.lines() {
        for copy in copies.clone() {
            let offset = copy * ACCOUNTS;
            let season = format!("SELECT * FROM {database}.{table} WHERE account_id < {ACCOUNTS}");
            let statement = format!(
                "INSERT INTO {database}.{table} SELECT * REPLACE (account_id + {offset} AS account_id) FROM ({season})"
            );
            clickhouse.ask(&statement).await?;
        }
    }
    merged(clickhouse, database).await
}

/// Waits until nothing of the database is merged several times in a row: one merge makes room for the next.
async fn merged(clickhouse: &ClickHouse, database: &str) -> anyhow::Result<()> {
    let running = format!("SELECT count() FROM system.merges WHERE database = '{database}'");
    let deadline = Instant::now() + MERGE_TIMEOUT;
    let mut quiet = 0;
    while quiet < QUIET {
        let merges = clickhouse.number(&running).await?;
        ensure!(Instant::now() < deadline, "{database} is not merged in time: {merges} merges are under way");
        quiet = if merges == 0 { quiet + 1 } else { 0 };
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Ok(())
}
