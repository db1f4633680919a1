//! This version on tables of a later one, as after going back: it leaves alone what it does not know, and says so. By a
//! definition it does not know it folds and answers nothing.

use std::time::{Duration, Instant};

use anyhow::ensure;
use loupe_tests::PATIENCE;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::service::Service;
use loupe_tests::stack::Stack;
use loupe_tests::story::reading::{self, Readers};
use loupe_tests::story::{self, OTHER_SCOPES};
use reqwest::StatusCode;

const ACCOUNT: u64 = 1;
const OTHER_ACCOUNT: u64 = 2;
/// Tables to which the later version adds a column.
const WIDENED: [&str; 6] = ["events", "downloads", "media_daily", "favorites", "clients", "ledger"];
const NEWER: &str = "loupe_newer";

/// What a later version would have done to the tables.
async fn migrate_later(clickhouse: &ClickHouse) -> anyhow::Result<()> {
    for table in WIDENED {
        clickhouse.ask(&format!("ALTER TABLE loupe_v1.{table} ADD COLUMN later String DEFAULT 'later'")).await?;
    }
    clickhouse.ask("CREATE TABLE loupe_v1.later (day Date) ENGINE = ReplacingMergeTree ORDER BY day").await?;
    clickhouse.ask("INSERT INTO loupe_v1.migrations VALUES (9001, 'later', 1)").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_goes_on_with_the_tables_of_a_later_one() -> anyhow::Result<()> {
    let stack = Stack::start(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let mut client = Client::new(&stack);
    let events = story::events(ACCOUNT, OTHER_ACCOUNT);
    let (first, second) = events.split_at(events.len() / 2);
    client.publish(first).await?;
    client.read(&stack.addresses.keys.owner, "/analytics/portfolio").await?;
    migrate_later(&ClickHouse::new(&stack.addresses.clickhouse_url)).await?;

    let stack = stack.restart()?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let mut restarted = Client::new(&stack);
    restarted.wait_for(&client)?;
    restarted.publish(second).await?;
    let readers = Readers { owner: stack.addresses.keys.owner.clone(), other: stack.key(OTHER_ACCOUNT, OTHER_SCOPES)? };
    reading::expect_story(&restarted, &readers).await?;
    for table in WIDENED {
        let others = clickhouse.number(&format!("SELECT countIf(later != 'later') FROM loupe_v1.{table}")).await?;
        let rows = clickhouse.number(&format!("SELECT count() FROM loupe_v1.{table}")).await?;
        ensure!(others == 0 && rows > 0, "{others} of {rows} rows of {table} have not the later column's default");
    }
    let record = "SELECT name FROM loupe_v1.migrations FINAL WHERE number = 9001";
    ensure!(clickhouse.ask(record).await? == "later", "the later version's record is gone");
    let log = std::fs::read_to_string(stack.data_dir().join("logs/projector.log"))?;
    ensure!(log.contains("9001_later") && log.contains("a newer version applied this"), "{log}");
    ensure!(stack.panics()?.is_empty(), "{:?}", stack.panics()?);

    expect_definition_refused(&stack, &clickhouse).await
}

/// Tables that follow a definition of a later version are neither written nor read.
async fn expect_definition_refused(stack: &Stack, clickhouse: &ClickHouse) -> anyhow::Result<()> {
    let mut made = Service::projector(stack, "newer", NEWER)?;
    made.ready().await?;
    drop(made);
    clickhouse.ask(&format!("TRUNCATE TABLE {NEWER}.definition")).await?;
    clickhouse.ask(&format!("INSERT INTO {NEWER}.definition VALUES ('v99', '', now64(6))")).await?;
    let rows = format!("SELECT count() FROM {NEWER}.events");
    let before = clickhouse.number(&rows).await?;
    let projector = Service::projector(stack, "newer", NEWER)?;
    until_says(&format!("{}/readyz", projector.url), &["v99", "older than the tables"]).await?;
    let query_api = Service::query_api(stack, NEWER)?;
    until_says(&format!("{}/readyz", query_api.url), &["v99", "older than it"]).await?;
    let request = reqwest::Client::new().get(format!("{}/analytics/portfolio", query_api.url));
    let answer = request.bearer_auth(&stack.addresses.keys.owner).send().await?;
    ensure!(answer.status() == StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text().await?);
    ensure!(clickhouse.number(&rows).await? == before, "events were folded by a definition that is not known");
    Ok(())
}

/// Asks until 503 is answered with these words.
async fn until_says(url: &str, words: &[&str]) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut last = String::from("no answer");
    loop {
        if let Ok(answer) = reqwest::get(url).await {
            let status = answer.status();
            last = format!("{status}: {}", answer.text().await?);
            if status == StatusCode::SERVICE_UNAVAILABLE && words.iter().all(|word| last.contains(word)) {
                return Ok(());
            }
        }
        ensure!(Instant::now() < deadline, "{url} does not say {words:?}, but {last}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
