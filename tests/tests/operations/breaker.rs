//! The breaker stops one partition, says so, and a person lifts it.

use anyhow::ensure;
use loupe_tests::client::Client;
use loupe_tests::foreign::ForeignProducer;
use loupe_tests::service::Service;
use loupe_tests::stack::Stack;
use serde_json::Value;

use crate::{favorite, printed, until};

const ACCOUNT: u64 = 82;
const OCCURRED_AT: &str = "2026-05-02T18:04:42Z";
const GARBAGE: usize = 150;

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_of_garbage_stops_alone_until_a_person_lifts_it() -> anyhow::Result<()> {
    // A stack of its own: its partition is stopped for everybody.
    let stack = Stack::start(env!("CARGO_BIN_EXE_loupe-stack"))?;
    // One that goes on in its own database while the stack's own serves the command line.
    let mut projector = Service::projector(&stack, "breaker", "loupe_breaker")?;
    projector.ready().await?;
    let mut producer = ForeignProducer::connect(&stack.addresses.kafka_bootstrap, "murmur2_random")?;
    for _ in 0..GARBAGE {
        producer.send_bytes("gallery.events.v1", "8201", Some(b"not an event")).await?;
    }
    let reason = until("readiness naming the stopped partition", || async {
        let failing: Value = reqwest::get(format!("{}/readyz", projector.url)).await?.json().await?;
        let reason = failing["failing"].to_string();
        Ok(reason.contains("is stopped at offset").then_some(reason))
    })
    .await?;
    let place = producer.position.to_string();
    let partition = place.trim_start_matches('e').split(':').next().unwrap_or_default();
    let named = format!("gallery.events.v1/{partition}");
    ensure!(reason.contains(&format!("loupe quarantine lift {named}")), "{reason}");

    // The other partitions go on, for the stack's own projector too.
    let mut client = Client::new(&stack);
    let key = stack.key(ACCOUNT, "favorites:read")?;
    let others = (0..40).map(|number| 8_202 + number).collect::<Vec<u64>>();
    let mut seen = 0;
    for collection in others {
        let mut alone = Client::new(&stack);
        alone.publish(&[favorite(ACCOUNT, collection, u32::try_from(collection)?, OCCURRED_AT)]).await?;
        if !alone.position.to_string().starts_with(&format!("e{partition}:")) {
            let answer = alone.read(&key, &format!("/collections/{collection}/favorites")).await?;
            ensure!(answer.json["meta"]["total"] == 1, "{}", answer.text);
            seen += 1;
        }
    }
    ensure!(seen > 20, "only {seen} collections are elsewhere");
    let before = printed(&stack, &["quarantine", "list"])?;
    ensure!(before.lines().filter(|line| line.starts_with(&named)).count() < 100, "it drained: {before}");

    // Partitions change hands twice meanwhile: whoever holds this one then judges it anew, and can be told to go on.
    let beside = Service::projector(&stack, "loupe-projector", "loupe_v1")?;
    until("a second projector of the group having partitions", || async {
        Ok((beside.counter("loupe_projector_partitions").await.unwrap_or(0.0) > 0.0).then_some(()))
    })
    .await?;
    drop(beside);

    // What comes behind the garbage waits for a person.
    client.publish(&[favorite(ACCOUNT, 8_201, 1, OCCURRED_AT)]).await?;
    let lifted = printed(&stack, &["quarantine", "lift", &named])?;
    ensure!(lifted.contains("pass into quarantine"), "{lifted}");
    let answer = client.read(&key, "/collections/8201/favorites").await?;
    ensure!(answer.json["meta"]["total"] == 1, "{}", answer.text);
    let after = printed(&stack, &["quarantine", "list"])?;
    ensure!(after.lines().filter(|line| line.starts_with(&named)).count() == GARBAGE, "{after}");
    Ok(())
}
