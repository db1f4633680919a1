//! The topic of events is given more partitions, and collections move: what was folded where it lay before is in the next
//! database, and in the one that is gone back to.

use anyhow::ensure;
use loupe_schemas::topics;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::stack::Stack;
use loupe_tests::story::{self, reading};
use rdkafka::admin::{AdminOptions, NewPartitions};

use crate::same::{let_go, play_before, until_one};
use crate::{admin, loupe, stack, unaccounted};

const SAME: &str = "SELECT (SELECT sum(cityHash64(* EXCEPT (version, log_offset))) FROM loupe_v1.events FINAL) \
                    = (SELECT sum(cityHash64(* EXCEPT (version, log_offset))) FROM loupe_v2.events FINAL)";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_folded_before_a_topic_grew_is_lost_to_another_database() -> anyhow::Result<()> {
    let stack = stack()?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let readers = reading::Readers::mint(&stack, 71, 72)?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(71, 72)).await?;
    play_before(&mut client, 2_000, 2).await?;
    reading::expect_story(&client, &readers).await?;

    grow(&stack, &clickhouse, "loupe_v1", 17).await?;
    play_before(&mut client, 500, 3).await?;
    reading::expect_story(&client, &readers).await?;
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
async fn grow(stack: &Stack, clickhouse: &ClickHouse, database: &str, partitions: usize) -> anyhow::Result<()> {
    let wanted = NewPartitions::new(topics::EVENTS.name, partitions);
    for topic in admin(stack)?.create_partitions([&wanted], &AdminOptions::new()).await? {
        ensure!(topic.is_ok(), "{topic:?}");
    }
    until_one(
        clickhouse,
        &format!("SELECT count() FROM {database}.partition_counts FINAL WHERE partitions = {partitions}"),
    )
    .await
}
