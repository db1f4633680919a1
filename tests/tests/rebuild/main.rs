//! Another database takes the place of the one that is served: rebuilt by the same rules and by others, killed on the
//! way, after Kafka has let go of records and the tables of events, and gone back from. Each test has a stack of its own,
//! since what is served is the whole stack's.

mod beyond;
mod definition;
mod partitions;
mod same;

use std::process::Output;

use anyhow::{Context, bail, ensure};
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::{Answer, Client};
use loupe_tests::stack::Stack;
use rdkafka::admin::AdminClient;
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use serde_json::Value;

fn stack() -> anyhow::Result<Stack> {
    Stack::start(env!("CARGO_BIN_EXE_loupe-stack"))
}

/// Runs `loupe …` against the stack, which must succeed or fail as is said; what it printed.
fn loupe(stack: &Stack, words: &[&str], succeeds: bool) -> anyhow::Result<String> {
    let Output { status, stdout, stderr } = stack.command(words).output()?;
    let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() != succeeds {
        bail!("`loupe {}`: {status}: {text}\n{}", words.join(" "), stack.tails());
    }
    Ok(text)
}

/// Waits until the API answers from a database that follows this definition. The answer includes what the client published,
/// so the projector has taken that database over when it published since.
async fn served_by(stack: &Stack, client: &Client, path: &str, definition: &str) -> anyhow::Result<Answer> {
    let deadline = std::time::Instant::now() + loupe_tests::PATIENCE;
    loop {
        let answer = client.read(&stack.addresses.keys.owner, path).await?;
        if answer.json["meta"]["definition"] == definition {
            return Ok(answer);
        }
        ensure!(std::time::Instant::now() < deadline, "{path} is not answered by {definition}: {}", answer.text);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// The database that the views read: all of them one.
async fn read_by_views(clickhouse: &ClickHouse) -> anyhow::Result<String> {
    let query = "SELECT DISTINCT arrayJoin(extractAll(as_select, '(loupe_v[0-9]+)\\\\.')) FROM system.tables \
                 WHERE database = 'loupe' AND engine = 'View'";
    clickhouse.ask(query).await
}

/// What changes the stack's topics.
fn admin(stack: &Stack) -> anyhow::Result<AdminClient<DefaultClientContext>> {
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", &stack.addresses.kafka_bootstrap);
    Ok(client.create()?)
}

/// Offsets that no range of the ledger names, as `/freshness` says.
async fn unaccounted(stack: &Stack, client: &Client) -> anyhow::Result<u64> {
    let answer = client.ask(&stack.addresses.keys.owner, "/freshness").await?;
    answer.json["unaccounted_offsets"].as_u64().with_context(|| answer.text.clone())
}

/// The event of an example, changed.
fn event(example: &str, changes: &Value) -> anyhow::Result<Value> {
    let mut event: Value = serde_json::from_str(example)?;
    let (event_object, changes) =
        (event.as_object_mut().context("an object")?, changes.as_object().context("an object")?);
    event_object.extend(changes.clone());
    Ok(event)
}
