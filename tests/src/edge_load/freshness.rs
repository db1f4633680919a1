//! How long after ingest took an event a reader has it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use reqwest::StatusCode;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Plan;
use super::bodies::{self, Body};
use super::times::Times;
use crate::stack::Stack;

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
    let edge = Arc::new(Edge::of(stack));
    let mut bodies = made(plan.rate);
    let mut tick = tokio::time::interval(Duration::from_secs(1) / u32::try_from(plan.rate / BATCH as u64)?);
    let mut requests: JoinSet<anyhow::Result<Option<Duration>>> = JoinSet::new();
    let mut times = Times::default();
    let start = Instant::now();
    let mut sent = 0;
    while start.elapsed() < WARM + plan.lasts {
        tick.tick().await;
        let body = bodies.recv().await.context("no more events")?;
        let is_watched = sent % WATCHED == 0 && start.elapsed() > WARM;
        sent += 1;
        let edge = Arc::clone(&edge);
        requests.spawn(async move { edge.send(body, is_watched).await });
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
fn made(seed: u64) -> mpsc::Receiver<Body> {
    let (give, bodies) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        let mut events = bodies::events(seed);
        // Until nobody takes them any more.
        while give.blocking_send(bodies::body(&mut events, BATCH)).is_ok() {}
    });
    bodies
}

/// An edge and a reader.
struct Edge {
    http: reqwest::Client,
    ingest_url: String,
    query_url: String,
    edge_key: String,
    owner_key: String,
}

impl Edge {
    fn of(stack: &Stack) -> Self {
        let addresses = &stack.addresses;
        Self {
            http: reqwest::Client::new(),
            ingest_url: format!("{}/v1/events", addresses.ingest_url.trim_end_matches('/')),
            query_url: addresses.query_url.trim_end_matches('/').to_owned(),
            edge_key: addresses.keys.edge.clone(),
            owner_key: addresses.keys.owner.clone(),
        }
    }

    /// Sends a batch; when it is watched, waits until a reader has it.
    async fn send(&self, body: Body, is_watched: bool) -> anyhow::Result<Option<Duration>> {
        let request = self.http.post(&self.ingest_url).bearer_auth(&self.edge_key);
        let answer = request.header("content-type", "application/x-ndjson").body(body.lines).send().await?;
        let taken_at = Instant::now();
        let status = answer.status();
        let json: serde_json::Value = answer.json().await?;
        ensure!(status == StatusCode::OK, "ingest answered {status}: {json}");
        let (true, Some(collection)) = (is_watched, body.collection) else { return Ok(None) };
        let position = json["position"].as_str().context("the answer has no position")?;
        loop {
            let url = format!("{}/collections/{collection}/photo_sharing_links?limit=1", self.query_url);
            let read = self.http.get(url).bearer_auth(&self.owner_key).header("Loupe-Min-Position", position);
            let read = read.send().await?;
            match read.status() {
                StatusCode::OK => {
                    read.bytes().await?;
                    return Ok(Some(taken_at.elapsed()));
                }
                // It waited as long as it may, or others do.
                StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {}
                status => bail!("the query API answered {status}: {}", read.text().await?),
            }
        }
    }
}
