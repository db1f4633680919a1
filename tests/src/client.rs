//! Publishes and asks over HTTP.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use loupe_schemas::position::Position;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use crate::stack::Stack;

/// The content type of events as NDJSON.
pub const LINES: &str = "application/x-ndjson";
/// How long a read may wait for its write; the API itself answers 503 after 10 s (rule 101).
const READ_TIMEOUT: Duration = Duration::from_secs(90);

/// How long a read waits before it asks again.
const TURN: Duration = Duration::from_millis(20);

/// An edge and a reader in one, with the positions of all that it published.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    ingest_url: String,
    query_url: String,
    edge_key: String,
    /// What its reads wait for.
    pub position: Position,
}

/// An answer: its status and its JSON.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The body, null when it is no JSON.
    pub json: Value,
    /// The body as it came.
    pub text: String,
}

impl Client {
    /// A client of this stack.
    #[must_use]
    pub fn new(stack: &Stack) -> Self {
        let addresses = &stack.addresses;
        Self::at(&addresses.ingest_url, &addresses.query_url, &addresses.keys.edge)
    }

    /// A client of these services, which publishes with this key.
    #[must_use]
    pub fn at(ingest_url: &str, query_url: &str, edge_key: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            ingest_url: ingest_url.trim_end_matches('/').to_owned(),
            query_url: query_url.trim_end_matches('/').to_owned(),
            edge_key: edge_key.to_owned(),
            position: Position::default(),
        }
    }

    /// The same client, asking another query API.
    #[must_use]
    pub fn asking(mut self, query_url: &str) -> Self {
        query_url.trim_end_matches('/').clone_into(&mut self.query_url);
        self
    }

    /// Makes its reads wait for what the other published too.
    ///
    /// # Errors
    /// A position that is none.
    pub fn wait_for(&mut self, other: &Self) -> anyhow::Result<()> {
        self.position = join(&self.position, &other.position)?;
        Ok(())
    }

    /// Publishes events that must all be accepted, and waits for them in later reads.
    ///
    /// # Errors
    /// One was not accepted.
    pub async fn publish(&mut self, events: &[Value]) -> anyhow::Result<()> {
        self.publish_body("application/json", serde_json::to_vec(events)?, events.len()).await
    }

    /// Publishes events as NDJSON.
    ///
    /// # Errors
    /// One was not accepted.
    pub async fn publish_lines(&mut self, events: &[Value]) -> anyhow::Result<()> {
        let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
        self.publish_body(LINES, lines.into_bytes(), events.len()).await
    }

    /// Publishes a body of so many events.
    ///
    /// # Errors
    /// One was not accepted.
    pub async fn publish_body(&mut self, content_type: &str, body: Vec<u8>, events: usize) -> anyhow::Result<()> {
        let answer = self.post(content_type, body).await?;
        self.accept(&answer, events)
    }

    /// Sends any body to ingest.
    ///
    /// # Errors
    /// No answer.
    pub async fn post(&self, content_type: &str, body: Vec<u8>) -> anyhow::Result<Answer> {
        let request = self.http.post(format!("{}/v1/events", self.ingest_url));
        let request = request.bearer_auth(&self.edge_key).header(CONTENT_TYPE, content_type).body(body);
        Answer::of(request.send().await?).await
    }

    /// Asks once, without waiting for any write.
    ///
    /// # Errors
    /// No answer.
    pub async fn ask(&self, key: &str, path: &str) -> anyhow::Result<Answer> {
        Answer::of(self.http.get(format!("{}{path}", self.query_url)).bearer_auth(key).send().await?).await
    }

    /// Reads what all published events have led to; the answer must be a 200.
    ///
    /// # Errors
    /// Another answer, or the projection did not come so far in time.
    pub async fn read(&self, key: &str, path: &str) -> anyhow::Result<Answer> {
        self.read_again_while(key, path, |status| status == StatusCode::SERVICE_UNAVAILABLE).await
    }

    /// The same as one of so many readers of an account that they may be more than its share: refused for that, it waits
    /// and asks again.
    ///
    /// # Errors
    /// Those of [`Self::read`].
    pub async fn read_in_turn(&self, key: &str, path: &str) -> anyhow::Result<Answer> {
        let is_later = |status| matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
        self.read_again_while(key, path, is_later).await
    }

    async fn read_again_while(
        &self,
        key: &str,
        path: &str,
        is_later: impl Fn(StatusCode) -> bool,
    ) -> anyhow::Result<Answer> {
        let deadline = Instant::now() + READ_TIMEOUT;
        loop {
            let request = self.http.get(format!("{}{path}", self.query_url)).bearer_auth(key);
            let request = request.header("Loupe-Min-Position", self.position.to_string());
            let answer = Answer::of(request.send().await?).await?;
            match answer.status {
                StatusCode::OK => return Ok(answer),
                status if is_later(status) && Instant::now() < deadline => tokio::time::sleep(TURN).await,
                status => bail!("{path} answered {status}: {}", answer.text),
            }
        }
    }

    /// Whether ingest and the query API say that they are ready.
    ///
    /// # Errors
    /// One does not answer.
    pub async fn are_services_ready(&self) -> anyhow::Result<bool> {
        for url in [&self.ingest_url, &self.query_url] {
            if !self.http.get(format!("{url}/readyz")).send().await?.status().is_success() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn accept(&mut self, answer: &Answer, events: usize) -> anyhow::Result<()> {
        let accepted = answer.json["accepted"].as_u64();
        if answer.status != StatusCode::OK || accepted != u64::try_from(events).ok() {
            bail!("ingest answered {}: {}", answer.status, answer.text);
        }
        let position = answer.json["position"].as_str().context("the answer has no position")?;
        self.position = join(&self.position, &position.parse()?)?;
        Ok(())
    }
}

/// The position that covers both.
fn join(left: &Position, right: &Position) -> anyhow::Result<Position> {
    Ok(format!("{left}.{right}").parse()?)
}

impl Answer {
    async fn of(response: reqwest::Response) -> anyhow::Result<Self> {
        let status = response.status();
        let text = response.text().await?;
        Ok(Self { status, json: serde_json::from_str(&text).unwrap_or_default(), text })
    }
}
