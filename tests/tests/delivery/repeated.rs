//! Three times, shuffled, through two projectors of one group.

use std::time::{Duration, Instant};

use anyhow::ensure;
use loupe_tests::client::Client;
use loupe_tests::service::Service;
use loupe_tests::shuffle::shuffle;
use loupe_tests::story::{self, reading};

use crate::stack;

const BATCH: usize = 23;
const DATABASE: &str = "loupe_two_projectors";
const REBALANCE_TIMEOUT: Duration = Duration::from_secs(60);
const GROUP: &str = "two-projectors";

#[tokio::test]
async fn three_shuffled_deliveries_through_two_projectors_answer_like_one_clean_delivery() -> anyhow::Result<()> {
    let stack = stack()?;
    let readers = reading::Readers::mint(&stack, 31, 32)?;
    let mut first = Service::projector(&stack, GROUP, DATABASE)?;
    first.ready().await?;
    let mut query_api = Service::query_api(&stack, DATABASE)?;
    query_api.ready().await?;
    let mut client = Client::new(&stack).asking(&query_api.url);

    let once = story::events(31, 32);
    let mut events = [once.clone(), once.clone(), once].concat();
    shuffle(&mut events, 20_250_329);
    let (third, rest) = events.split_at(events.len() / 3);
    publish(&mut client, third).await?;
    // The second joins while the first is folding.
    let mut second = Service::projector(&stack, GROUP, DATABASE)?;
    second.ready().await?;
    takes_part(&first, &second).await?;
    let (third, rest) = rest.split_at(rest.len() / 2);
    publish(&mut client, third).await?;
    publish(&mut client, rest).await?;
    reading::expect_story(&client, &readers).await?;
    for (name, projector) in [("first", &first), ("second", &second)] {
        let records = projector.counter("loupe_projector_records_total").await?;
        ensure!(records > 0.0, "the {name} projector took no part");
    }
    // Both crash, another takes over from what they committed, and the whole set comes again.
    first.kill()?;
    second.kill()?;
    let mut survivor = Service::projector(&stack, GROUP, DATABASE)?;
    survivor.ready().await?;
    shuffle(&mut events, 20_250_330);
    publish(&mut client, &events).await?;
    reading::expect_story(&client, &readers).await
}

/// Waits until each has partitions of the group.
async fn takes_part(first: &Service, second: &Service) -> anyhow::Result<()> {
    let deadline = Instant::now() + REBALANCE_TIMEOUT;
    loop {
        let name = "loupe_projector_partitions";
        let (first, second) = (first.counter(name).await?, second.counter(name).await?);
        if first > 0.0 && second > 0.0 {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the partitions are not shared: {first} and {second}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn publish(client: &mut Client, events: &[serde_json::Value]) -> anyhow::Result<()> {
    for batch in events.chunks(BATCH) {
        client.publish(batch).await?;
    }
    Ok(())
}
