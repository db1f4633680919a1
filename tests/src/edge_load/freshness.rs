//! How long after ingest took an event a reader has it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Plan;
use super::bodies::{self, Body};
use crate::client::{Client, LINES};
use crate::stack::Stack;
use crate::times::Times;

const BATCH: usize = 100;
/// One batch of so many is waited for: what is measured is the way of an event, not a load of readers.
const WATCHED: u64 = 20;
/// The start, which finds caches empty, is left out.
const WARM: Duration = Duration::from_secs(5);
/// Batches that are ready to be sent.
const AHEAD: usize = 64;

/// Sends events at a steady rate; for some batches, the time from ingest's answer until a read of one of their
/// collections that includes them is answered.
pub(super) async fn measure(stack: &Stack, plan: Plan) -> anyhow::Result<Times> {
    let (client, owner) = (Client::new(stack), Arc::<str>::from(stack.addresses.keys.owner.as_str()));
    let mut bodies = made(plan.rate);
    let mut tick = tokio::time::interval(Duration::from_secs(1) / u32::try_from(plan.rate / BATCH as u64)?);
    let mut requests: JoinSet<anyhow::Result<Option<Duration>>> = JoinSet::new();
    let mut times = Times::default();
    let start = Instant::now();
    let mut sent = 0;
    while start.elapsed() < WARM + plan.lasts {
        tick.tick().await;
        let body = bodies.recv().await.context("no more events")??;
        let is_watched = sent % WATCHED == 0 && start.elapsed() > WARM;
        sent += 1;
        let (client, owner) = (client.clone(), Arc::clone(&owner));
        requests.spawn(async move { send(client, &owner, body, is_watched).await });
        while let Some(done) = requests.try_join_next() {
            done??.into_iter().for_each(|time| times.add(time));
        }
    }
    let expected = (WARM + plan.lasts).as_secs() * plan.rate / BATCH as u64;
    ensure!(sent * 10 > expected * 9, "only {sent} of {expected} batches could be sent");
    while let Some(done) = requests.join_next().await {
        done??.into_iter().for_each(|time| times.add(time));
    }
    Ok(times)
}

/// Bodies made on a thread of their own.
fn made(seed: u64) -> mpsc::Receiver<anyhow::Result<Body>> {
    let (give, bodies) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        let mut events = bodies::events(seed);
        // Until nobody takes them any more.
        while give.blocking_send(bodies::body(&mut events, BATCH)).is_ok() {}
    });
    bodies
}

/// Sends a batch; when it is watched, waits until a reader has it.
async fn send(mut client: Client, owner: &str, body: Body, is_watched: bool) -> anyhow::Result<Option<Duration>> {
    client.publish_body(LINES, body.lines.into_pass(0), body.events).await?;
    let taken_at = Instant::now();
    let (true, Some(collection)) = (is_watched, body.collection) else { return Ok(None) };
    client.read_in_turn(owner, &format!("/collections/{collection}/photo_sharing_links?limit=1")).await?;
    Ok(Some(taken_at.elapsed()))
}
