//! The topic of events is given more partitions, and collections move: what was folded where it lay before is in the next
//! database, and in the one that is gone back to.

use std::time::Duration;

use anyhow::{Context, ensure};
use chrono::TimeDelta;
use loupe_schemas::partition::partition_of;
use loupe_schemas::topics;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::stack::Stack;
use loupe_tests::story::{self, reading};
use rdkafka::admin::{AdminOptions, NewPartitions};

use crate::definition::{BROWSER, HOME_ASN, download_at};
use crate::same::{let_go, play_before, until_one};
use crate::{admin, loupe, stack, unaccounted};

const SAME: &str = "SELECT (SELECT sum(cityHash64(* EXCEPT (version, log_offset))) FROM loupe_v1.events FINAL) \
                    = (SELECT sum(cityHash64(* EXCEPT (version, log_offset))) FROM loupe_v2.events FINAL)";

const GROWN: i32 = 17;
/// How long a stream may be silent about what is published.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// A collection that lies elsewhere once the topic has more partitions.
fn moved(from: i32, to: i32) -> anyhow::Result<u64> {
    let is_moved = |id: &u64| {
        let key = id.to_string();
        partition_of(key.as_bytes(), from) != partition_of(key.as_bytes(), to)
    };
    (90_700_001..90_701_000).find(is_moved).context("no collection moves")
}

/// A reader of a collection's stream, who reads on as long as the test goes.
struct Follower {
    collection: u64,
    stream: reqwest::Response,
    told: String,
}

impl Follower {
    /// Of a collection, which nobody knows before something was downloaded of it.
    async fn of(stack: &Stack, client: &mut Client, collection: u64) -> anyhow::Result<Self> {
        let at = loupe_service::clock::now() - TimeDelta::minutes(1);
        client.publish(&download_at(collection, at, 0, BROWSER, HOME_ASN)?).await?;
        client.read(&stack.addresses.keys.owner, &format!("/collections/{collection}/downloads")).await?;
        let url = format!("{}/collections/{collection}/activity/stream", stack.addresses.query_url);
        let request = reqwest::Client::new().get(url).bearer_auth(&stack.addresses.keys.owner);
        Ok(Self { collection, stream: request.send().await?.error_for_status()?, told: String::new() })
    }

    /// Downloads something and waits until the stream says so.
    async fn is_told_of(&mut self, client: &mut Client, number: u32) -> anyhow::Result<()> {
        let at = loupe_service::clock::now() - TimeDelta::minutes(1);
        let events = download_at(self.collection, at, number, BROWSER, HOME_ASN)?;
        client.publish(&events).await?;
        let id = events[0]["download_id"].as_str().context("a download")?;
        let told = tokio::time::timeout(SILENCE_MAX, Self::reads(&mut self.stream, &mut self.told, id)).await;
        told.with_context(|| format!("nothing was told of {id} after {}", self.told))?
    }

    /// Reads on until it was told of a download.
    async fn reads(stream: &mut reqwest::Response, told: &mut String, id: &str) -> anyhow::Result<()> {
        while !told.contains(id) {
            let chunk = stream.chunk().await?.context("the stream ended")?;
            told.push_str(&String::from_utf8_lossy(&chunk));
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_folded_before_a_topic_grew_is_lost_to_another_database() -> anyhow::Result<()> {
    let stack = stack()?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let readers = reading::Readers::mint(&stack, 71, 72)?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(71, 72)).await?;
    play_before(&mut client, 2_000, 2).await?;
    reading::expect_story(&client, &readers).await?;

    let mut follower = Follower::of(&stack, &mut client, moved(topics::EVENTS.partitions, GROWN)?).await?;
    follower.is_told_of(&mut client, 1).await?;
    grow(&stack, &clickhouse, "loupe_v1", GROWN).await?;
    play_before(&mut client, 500, 3).await?;
    reading::expect_story(&client, &readers).await?;
    follower.is_told_of(&mut client, 2).await?;
    // Both read the log: of what lies where it was folded, and of what was sent on from there.
    let audited = loupe(&stack, &["audit", "--sample", "5"], true)?;
    ensure!(audited.ends_with(": 0 differ\n"), "{audited}");
    // Of some partitions Kafka has no beginning any more, of the new ones it has all.
    let_go(&stack, &clickhouse, "loupe_v1", |number, end| if number < 6 { end / 2 } else { 0 }).await?;
    let output = loupe(&stack, &["rebuild"], true)?;
    ensure!(output.contains("\n0 rows of closed days differ"), "{output}");
    until_one(&clickhouse, SAME).await?;
    reading::expect_story(&client, &readers).await?;
    ensure!(unaccounted(&stack, &client).await? == 0);

    // The database from before has not read these, which lie where only the other one's projector found them at home.
    play_before(&mut client, 600, 4).await?;
    reading::expect_story(&client, &readers).await?;
    grow(&stack, &clickhouse, "loupe_v2", 23).await?;
    ensure!(clickhouse.ask(SAME).await? == "0", "the database from before has everything, and proves nothing");
    let output = loupe(&stack, &["rollback"], true)?;
    ensure!(output.contains("loupe_v1 is served from now on"), "{output}");
    until_one(&clickhouse, SAME).await?;
    reading::expect_story(&client, &readers).await?;
    ensure!(unaccounted(&stack, &client).await? == 0);
    ensure!(stack.panics()?.is_empty(), "{:?}", stack.panics()?);
    Ok(())
}

/// Gives the topic so many partitions, and waits until the projector of a database folds by that.
async fn grow(stack: &Stack, clickhouse: &ClickHouse, database: &str, partitions: i32) -> anyhow::Result<()> {
    let wanted = NewPartitions::new(topics::EVENTS.name, usize::try_from(partitions)?);
    for topic in admin(stack)?.create_partitions([&wanted], &AdminOptions::new()).await? {
        ensure!(topic.is_ok(), "{topic:?}");
    }
    until_one(
        clickhouse,
        &format!("SELECT count() FROM {database}.partition_counts FINAL WHERE partitions = {partitions}"),
    )
    .await
}
