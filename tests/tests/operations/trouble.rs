//! Whatever the store answers, nothing is skipped: offsets stay, readiness says which partition waits for what, and
//! everything resumes alone.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_schemas::position::Position;
use loupe_tests::client::Client;
use loupe_tests::service::Service;
use loupe_tests::stack::Stack;
use loupe_tests::story::{self, reading};
use serde_json::Value;

use crate::toll::{Toll, Trouble};
use crate::until;

const DATABASE: &str = "loupe_in_trouble";
const TROUBLES: [(u16, &str, &str); 11] = [
    (401, "Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)", ""),
    (403, "Code: 497. DB::Exception: default: Not enough privileges. (ACCESS_DENIED)", ""),
    (404, "Code: 60. DB::Exception: Table loupe_in_trouble.events does not exist. (UNKNOWN_TABLE)", "FROM events"),
    (500, "Code: 242. DB::Exception: Table is in readonly mode. (TABLE_IS_READ_ONLY)", "INSERT"),
    (503, "Service Unavailable", ""),
    (500, "Code: 252. DB::Exception: Too many parts (3000). (TOO_MANY_PARTS)", "INSERT"),
    (500, "Code: 241. DB::Exception: Memory limit (total) exceeded. (MEMORY_LIMIT_EXCEEDED)", ""),
    (500, "Code: 243. DB::Exception: Cannot reserve 1.00 MiB: no space left. (NOT_ENOUGH_SPACE)", "events"),
    (500, "Code: 999. DB::Exception: Keeper is away. (KEEPER_EXCEPTION)", "ledger"),
    // It takes the request and never answers: a connection that is closed on one side only.
    (0, "", ""),
    (0, "", "INSERT"),
];
/// Within so much something that was read is on its way to the store.
const SILENCE: Duration = Duration::from_secs(5);
/// Before whoever stops a process kills it.
const STOPS_WITHIN: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn a_store_in_trouble_stops_the_offsets_and_loses_nothing() -> anyhow::Result<()> {
    // A stack of its own: its projector reads whole topics, and others put there what is no event.
    let stack = Stack::start(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let toll = Toll::start(&stack.addresses.clickhouse_url).await?;
    let readers = reading::Readers::mint(&stack, 61, 62)?;
    let mut projector = Service::projector_at(&stack, "in-trouble", DATABASE, &toll.url)?;
    projector.ready().await?;
    let mut query_api = Service::query_api(&stack, DATABASE)?;
    query_api.ready().await?;
    let mut client = Client::new(&stack).asking(&query_api.url);
    let events = story::events(61, 62);
    for ((status, says, of), part) in TROUBLES.into_iter().zip(events.chunks(events.len().div_ceil(TROUBLES.len()))) {
        toll.set(Some(Trouble { status, says, of }));
        client.publish(part).await?;
        waits(&projector, says).await.with_context(|| format!("{status} {says} of {of}"))?;
        // The flush before the one in trouble may still be on its way.
        tokio::time::sleep(Duration::from_millis(700)).await;
        let before = committed(&stack, &client).await?;
        let position: Position = before.as_str().context("a position")?.parse()?;
        ensure!(!position.covers(&client.position), "{says}: everything was projected in trouble");
        tokio::time::sleep(Duration::from_millis(300)).await;
        ensure!(committed(&stack, &client).await? == before, "{says}: the projection moved in trouble");
        toll.set(None);
        projector.ready().await.with_context(|| format!("{says}: it does not resume"))?;
    }
    reading::expect_story(&client, &readers).await?;
    ensure!(projector.counter("loupe_projector_quarantined_total").await? == 0.0, "something was quarantined");
    ensure!(projector.counter("loupe_projector_flush_failures_total").await? > 5.0, "nothing failed");
    stops_amid_silence(&stack, &toll, &mut client, &events[..1]).await
}

/// Stops a projector that would wait for ten minutes for the answer to an insert.
async fn stops_amid_silence(stack: &Stack, toll: &Toll, client: &mut Client, events: &[Value]) -> anyhow::Result<()> {
    let settings = [("REQUEST_TIMEOUT_MS", "600000"), ("FLUSH_INTERVAL_MS", "100")];
    let mut patient = Service::projector_with(stack, "patient", "loupe_patient", &toll.url, &settings, None)?;
    patient.ready().await?;
    // What every flush ends with.
    toll.set(Some(Trouble { status: 0, says: "", of: "ledger" }));
    client.publish(events).await?;
    // By then it waits for the store: with what was published, or with what it still had to write.
    tokio::time::sleep(SILENCE).await;
    let told = Instant::now();
    tokio::task::block_in_place(|| drop(patient));
    ensure!(told.elapsed() < STOPS_WITHIN, "it stopped only {:?} after it was told to", told.elapsed());
    Ok(())
}

/// Waits until the projector says which partitions wait, and why.
async fn waits(projector: &Service, says: &str) -> anyhow::Result<()> {
    until("readiness naming the trouble", || async {
        let failing: Value = reqwest::get(format!("{}/readyz", projector.url)).await?.json().await?;
        let reasons = failing["failing"].to_string();
        let word = says.split(['(', ')']).rev().find(|word| word.len() > 5).unwrap_or("no answer within");
        Ok((reasons.contains("gallery.") && reasons.contains(" at ") && reasons.contains(word)).then_some(()))
    })
    .await
}

async fn committed(stack: &Stack, client: &Client) -> anyhow::Result<Value> {
    Ok(client.ask(&stack.addresses.keys.owner, "/freshness").await?.json["position"].clone())
}
