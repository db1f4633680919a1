//! Days of which neither Kafka nor `events` has anything any more: their rows are carried as they were counted, whatever the
//! rules, and beside them later days are folded anew.

use std::time::Duration;

use anyhow::{Context, ensure};
use chrono::{Days, NaiveDate, NaiveTime, SecondsFormat, TimeDelta};
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::stack::Stack;
use loupe_tests::{compare, erased};
use serde_json::{Value, json};

use crate::definition::{BROWSER, FETCHER, HOME_ASN, V2, download_at};
use crate::same::{kill_once, let_go, play_before, until_one};
use crate::{admin, event, loupe, read_by_views, served_by, stack, unaccounted};

/// Of account 1, and not the season's.
const COLLECTION: u64 = 90_999_001;
const PATH: &str = "/collections/90999001/photo_downloads";
const SEASON: u64 = 2_000;
/// Long gone with events kept for 100 days, and a day that stays for long.
const GONE: i64 = 200;
const KEPT: i64 = 10;
/// Kept, and folded while events were kept for good; now it would come too late, though Kafka still has it.
const LATE: i64 = 80;
/// Of the first day that is whole while events are kept for 100 days, and not the day after.
const FIRST: i64 = 97;
const KEEPING: (&str, &str) = ("LOUPE_PROJECTOR_RETENTION_EVENTS_DAYS", "100");
const OPENED: &str = include_str!("../../../schemas/examples/LinkOpened/minimal.json");
/// A test takes less.
const LEFT_MIN: TimeDelta = TimeDelta::minutes(10);
/// Read models by day, with the column that says it.
const OF_DAYS: [(&str, &str); 6] = [
    ("downloads", "day"),
    ("deliveries", "day"),
    ("media_daily", "day"),
    ("collection_quarter_hourly", "toDate(quarter_hour, 'UTC')"),
    ("identity_daily", "day"),
    ("link_daily", "day"),
];

/// The day, which does not end while a test runs: with few minutes left the next one is waited for.
async fn today() -> anyhow::Result<NaiveDate> {
    let now = loupe_service::clock::now();
    let tomorrow = now.date_naive().checked_add_days(Days::new(1)).context("a day")?;
    let left = tomorrow.and_time(NaiveTime::MIN).and_utc() - now;
    if left < LEFT_MIN {
        tokio::time::sleep(left.to_std()?).await;
    }
    Ok(loupe_service::clock::now().date_naive())
}

/// A download so many days ago.
fn download(days_ago: i64, number: u32, user_agent: &str) -> anyhow::Result<[Value; 2]> {
    let at = loupe_service::clock::now() - chrono::Duration::days(days_ago);
    download_at(COLLECTION, at, number, user_agent, HOME_ASN)
}

/// Somebody who opens a link so many days ago, by this client.
fn opening(days_ago: i64, user_agent: &str) -> anyhow::Result<Value> {
    let at = loupe_service::clock::now() - chrono::Duration::days(days_ago);
    let id = format!("{:012x}", at.timestamp_millis());
    event(
        OPENED,
        &json!({
            "event_id": format!("{}-{}-7000-8000-00000000000f", &id[..8], &id[8..]), "account_id": 1,
            "collection_id": COLLECTION, "occurred_at": at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "actor": {
                "visitor_id": format!("opener-{days_ago}"), "role": "guest", "identified_by": "cookie",
                "ip_key": "9f86d081884c7d65", "user_agent": user_agent,
            },
        }),
    )
}

/// Since which days the visitors of links came that a database names.
async fn openers(clickhouse: &ClickHouse, database: &str) -> anyhow::Result<String> {
    let query = format!(
        "SELECT arraySort(groupArray(dateDiff('day', first_opened_at, now()))) FROM {database}.link_visitors FINAL \
         WHERE collection_id = {COLLECTION}"
    );
    clickhouse.ask(&query).await
}

/// The same stack with only the last 100 days in `events`, and but one download in Kafka; the numbers stand.
async fn forget(stack: Stack, client: &Client, downloads: u64, today: NaiveDate) -> anyhow::Result<(Stack, Client)> {
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let_go(&stack, &clickhouse, "loupe_v1", |_, end| end).await?;
    let mut client = client.clone();
    client.publish(&download(LATE, 20, BROWSER)?).await?;
    downloads_by(&stack, &client, "v1", downloads).await?;
    let stack = stack.restart_told(&[KEEPING])?;
    let mut restarted = Client::new(&stack);
    restarted.wait_for(&client)?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    clickhouse.ask("OPTIMIZE TABLE loupe_v1.events FINAL").await?;
    until_one(
        &clickhouse,
        &format!(
            "SELECT max(slice_day) > toDate('{today}') - 100 AND min(slice_day) > toDate('{today}') - 100 \
             FROM loupe_v1.events"
        ),
    )
    .await?;
    Ok((stack, restarted))
}

/// How many rows a table has of days that are gone, or are not, and their sum as one number: what readers see.
async fn of_days(
    clickhouse: &ClickHouse,
    today: NaiveDate,
    database: &str,
    is_gone: bool,
    columns: &str,
) -> anyhow::Result<Vec<String>> {
    let mut all = Vec::new();
    for (table, column) in OF_DAYS {
        let side = if is_gone { "<" } else { ">=" };
        let query = format!(
            "SELECT '{table}', count(), sum(cityHash64({columns})) FROM {database}.{table} FINAL \
             WHERE {column} {side} toDate('{today}') - 99"
        );
        all.push(clickhouse.ask(&query).await?);
    }
    Ok(all)
}

/// Fails unless days that are gone are the same to the last column, and the others but for their versions.
async fn expect_same(clickhouse: &ClickHouse, today: NaiveDate, databases: [&str; 2]) -> anyhow::Result<()> {
    for (is_gone, columns) in [(true, "*"), (false, "* EXCEPT version")] {
        let [before, after] = databases.map(|database| of_days(clickhouse, today, database, is_gone, columns));
        let (before, after) = (before.await?, after.await?);
        ensure!(before == after, "gone: {is_gone}: {databases:?} have\n{before:#?}\n{after:#?}");
        // Of links there may be none.
        ensure!(before.iter().filter(|line| line.contains("\t0\t")).count() <= 1, "{before:?}");
    }
    Ok(())
}

/// What readers see.
async fn answers(stack: &Stack, client: &Client) -> anyhow::Result<Vec<Value>> {
    let mut answers = Vec::new();
    let collection = format!("/collections/{COLLECTION}");
    for path in ["/analytics/portfolio", PATH, &format!("{collection}/analytics"), &format!("{collection}/clients")] {
        let mut answer = client.read(&stack.addresses.keys.owner, path).await?.json;
        answer.as_object_mut().context("an object")?.remove("meta");
        answers.push(answer);
    }
    Ok(answers)
}

async fn downloads_by(stack: &Stack, client: &Client, definition: &str, downloads: u64) -> anyhow::Result<()> {
    let summary = &served_by(stack, client, PATH, definition).await?.json["summary"];
    ensure!(summary["downloads"] == downloads, "{downloads} downloads by {definition}, not {summary}");
    Ok(())
}

/// Has two databases know a collection, and only the first that it was deleted, as when the tombstone was gone before the other
/// was gone on with.
async fn delete_unheard(clickhouse: &ClickHouse, served: &str, next: &str) -> anyhow::Result<()> {
    for (database, version, is_deleted) in [(served, 1, 0), (served, 2, 1), (next, 1, 0)] {
        let row = format!(
            "INSERT INTO {database}.collections (account_id, collection_id, name, occurred_at, version, is_deleted) \
             SELECT 1, 90999002, 'deleted unheard', now64(6), {version}, {is_deleted}"
        );
        clickhouse.ask(&row).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn days_whose_events_are_gone_are_carried_as_they_were_counted() -> anyhow::Result<()> {
    let today = today().await?;
    let stack = stack()?;
    let mut client = Client::new(&stack);
    for (number, days_ago) in [(1, GONE), (3, KEPT)] {
        play_before(&mut client, SEASON + u64::from(number), days_ago).await?;
        let browser = download(days_ago, number, BROWSER)?;
        let fetcher = download(days_ago, number + 1, FETCHER)?;
        client.publish(&[browser, fetcher].concat()).await?;
    }
    downloads_by(&stack, &client, "v1", 4).await?;

    let (stack, mut client) = forget(stack, &client, 5, today).await?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    // What comes now of a day that is gone is quarantined, and is by a rebuild, which nobody tells how long events are kept.
    client.publish(&[download(GONE, 9, BROWSER)?, download(LATE, 30, BROWSER)?].concat()).await?;
    play_before(&mut client, SEASON + 5, KEPT).await?;
    downloads_by(&stack, &client, "v1", 5).await?;
    // Sent once more they would be refused again.
    let replayed = loupe(&stack, &["quarantine", "replay", "--reason", "beyond_retention"], true)?;
    ensure!(replayed.starts_with("0 sent once more, 4 are no events still"), "{replayed}");
    ensure!(loupe(&stack, &["audit", "--collection", "90999001"], true)?.ends_with(": 0 differ\n"));
    // The seasons erase somebody, who may count twice until they are gone.
    erased::everybody(&stack).await?;
    let before = answers(&stack, &client).await?;

    // By the same rules, and gone on with twice.
    for _ in 0..2 {
        let output = loupe(&stack, &["rebuild", "--keep-aside"], true)?;
        ensure!(output.contains("\n0 rows of closed days differ"), "{output}");
        expect_same(&clickhouse, today, ["loupe_v1", "loupe_v2"]).await?;
    }
    loupe(&stack, &["rebuild"], true)?;
    ensure!(read_by_views(&clickhouse).await? == "loupe_v2");
    let after = answers(&stack, &client).await?;
    for (before, after) in before.iter().zip(&after) {
        let differences = compare::differences(before, after);
        ensure!(differences.is_empty(), "answers differ: {differences:#?}");
    }
    client.publish(&download(KEPT, 10, FETCHER)?).await?;
    downloads_by(&stack, &client, "v1", 6).await?;
    ensure!(unaccounted(&stack, &client).await? == 0);
    // Four records came too late; two more would by now, and what they tell was carried.
    let refused = "SELECT uniqExact(partition, offset) FROM loupe_v2.quarantine WHERE reason = 'beyond_retention'";
    let refused = clickhouse.number(refused).await?;
    ensure!(refused == 6, "{refused} records are refused, not 6");
    ensure!(loupe(&stack, &["audit", "--all"], true)?.ends_with(": 0 differ\n"));

    // By other rules: the fetcher is a robot in what is folded anew, and stays what it was on the day that is gone.
    loupe(&stack, &["rebuild", "--definition", V2, "--keep-aside"], true)?;
    delete_unheard(&clickhouse, "loupe_v2", "loupe_v3").await?;
    loupe(&stack, &["rebuild", "--definition", V2, "--accept-differences"], true)?;
    let deleted = "SELECT count() FROM loupe_v3.collections FINAL WHERE name = 'deleted unheard'";
    ensure!(clickhouse.number(deleted).await? == 0, "a collection is back that was deleted");
    ensure!(read_by_views(&clickhouse).await? == "loupe_v3");
    downloads_by(&stack, &client, "v2", 4).await?;
    let [before, after] = ["loupe_v1", "loupe_v3"].map(|database| of_days(&clickhouse, today, database, true, "*"));
    let (before, after) = (before.await?, after.await?);
    ensure!(before == after, "gone: {before:#?}\n{after:#?}");
    ensure!(stack.panics()?.is_empty(), "{:?}", stack.panics()?);
    Ok(())
}

/// Whether Kafka knows a member of the consumer group.
fn is_member_of(stack: &Stack, group: &str) -> anyhow::Result<bool> {
    let groups = admin(stack)?.inner().fetch_group_list(Some(group), Duration::from_secs(10))?;
    Ok(groups.groups().iter().any(|group| !group.members().is_empty()))
}

/// Has the served table of events keep fewer days than it did.
async fn keep_less(clickhouse: &ClickHouse, database: &str, days: u32) -> anyhow::Result<()> {
    let statement = format!("ALTER TABLE {database}.events MODIFY TTL slice_day + toIntervalDay({days})");
    clickhouse.ask(&statement).await?;
    Ok(())
}

/// Has Kafka let go of what the rebuilt database has not read, and the served one of days since: what came late of those is in
/// neither, and the rebuild is not gone on with.
async fn left_alone(stack: &Stack, client: &mut Client, clickhouse: &ClickHouse) -> anyhow::Result<()> {
    client.publish(&download(KEPT, 40, BROWSER)?).await?;
    downloads_by(stack, client, "v2", 3).await?;
    let_go(stack, clickhouse, "loupe_v3", |_, end| end).await?;
    keep_less(clickhouse, "loupe_v3", 80).await?;
    let output = loupe(stack, &["rebuild"], false)?;
    ensure!(
        output.contains("loupe_v4 was left alone for too long") && output.contains("`--discard` drops it"),
        "{output}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_folded_anew_stands_when_its_events_go() -> anyhow::Result<()> {
    let today = today().await?;
    let stack = stack()?;
    let mut client = Client::new(&stack);
    for (number, days_ago) in [(1, GONE), (2, FIRST), (3, KEPT)] {
        client.publish(&download(days_ago, number, FETCHER)?).await?;
        client.publish(&[opening(days_ago, FETCHER)?]).await?;
    }
    downloads_by(&stack, &client, "v1", 3).await?;
    let (stack, client) = forget(stack, &client, 4, today).await?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);

    // The fetcher is a robot but on the day that is gone. A day on, the first whole one is about to go, too.
    loupe(&stack, &["rebuild", "--definition", V2, "--keep-aside"], true)?;
    keep_less(&clickhouse, "loupe_v1", 99).await?;
    loupe(&stack, &["rebuild", "--definition", V2, "--accept-differences"], true)?;
    downloads_by(&stack, &client, "v2", 2).await?;
    ensure!(openers(&clickhouse, "loupe_v1").await? == format!("[{KEPT},{FIRST},{GONE}]"));
    ensure!(openers(&clickhouse, "loupe_v2").await? == format!("[{GONE}]"));

    // Keeping more from now on brings nothing back, so that what went is carried as it stands.
    let stack = stack.restart_told(&[("LOUPE_PROJECTOR_RETENTION_EVENTS_DAYS", "0")])?;
    let mut restarted = Client::new(&stack);
    restarted.wait_for(&client)?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let is_told =
        "SELECT engine_full NOT LIKE '%TTL%' FROM system.tables WHERE database = 'loupe_v2' AND name = 'events'";
    until_one(&clickhouse, is_told).await?;
    ensure!(loupe(&stack, &["audit", "--all"], true)?.ends_with(": 0 differ\n"));
    let output = loupe(&stack, &["rebuild"], true)?;
    ensure!(output.contains("\n0 rows of closed days differ"), "{output}");
    ensure!(read_by_views(&clickhouse).await? == "loupe_v3");
    downloads_by(&stack, &restarted, "v2", 2).await?;

    loupe(&stack, &["rebuild", "--keep-aside"], true)?;
    left_alone(&stack, &mut restarted, &clickhouse).await?;
    // Stopped amid carrying, with days gone since: some slices would be whole and some not.
    clickhouse
        .ask("ALTER TABLE loupe_v4.backfills DELETE WHERE read_model LIKE 'what the log%' SETTINGS mutations_sync = 2")
        .await?;
    let output = loupe(&stack, &["rebuild"], false)?;
    ensure!(output.contains("are going or gone: `--discard` drops it"), "{output}");
    loupe(&stack, &["rebuild", "--discard"], true)?;
    // One that was killed while it folded is a member of its group for a while still.
    kill_once(&stack, async || is_member_of(&stack, "loupe-projector.loupe_v4").unwrap_or(false)).await?;
    ensure!(loupe(&stack, &["rebuild", "--discard"], true)?.contains("loupe_v4 is dropped"));
    ensure!(stack.panics()?.is_empty(), "{:?}", stack.panics()?);
    Ok(())
}
