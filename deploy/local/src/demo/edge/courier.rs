//! One batch over HTTP: sent again, bit for bit, until the ingest service has taken it or refused it for good.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;

use super::Batch;
use crate::demo::Target;

/// How often a batch is tried before the demo gives up.
const ATTEMPTS_MAX: u32 = 40;
/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// The first wait after a failure that names none, and the longest of all.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));
/// How much of an unexpected answer is quoted.
const QUOTED_CHARS_MAX: usize = 400;

/// Brings batches to the ingest service.
#[derive(Clone)]
pub(in crate::demo) struct Courier {
    client: Client,
    url: String,
    authorization: String,
}

/// What the service says about a batch.
#[derive(Debug, Deserialize)]
pub(in crate::demo) struct Verdict {
    /// How many events were taken.
    pub(in crate::demo) accepted: u64,
    /// Those that were not.
    #[serde(default)]
    pub(in crate::demo) rejected: Vec<serde_json::Value>,
}

impl Courier {
    /// A courier to `target`.
    pub(in crate::demo) fn new(target: &Target) -> anyhow::Result<Self> {
        let client = Client::builder()
            .timeout(REQUEST_TIMEOUT)
            .no_proxy()
            .build()
            .context("cannot set up the HTTP client of the demo traffic")?;
        Ok(Self {
            client,
            url: format!("{}/v1/events", target.ingest_url.trim_end_matches('/')),
            authorization: format!("Bearer {}", target.key),
        })
    }

    /// Sends `batch`, again after a 503, a 429 or a broken connection.
    pub(in crate::demo) async fn deliver(&self, batch: &Batch) -> anyhow::Result<Verdict> {
        let mut backoff = BACKOFF.0;
        for attempt in 1..=ATTEMPTS_MAX {
            let sent = self
                .client
                .post(&self.url)
                .header(AUTHORIZATION, &self.authorization)
                .header(CONTENT_TYPE, "application/x-ndjson")
                .header(CONTENT_ENCODING, "gzip")
                .body(batch.body.clone())
                .send()
                .await;
            let wait = match sent {
                Ok(response) if is_temporary(response.status()) => {
                    tracing::debug!(attempt, status = %response.status(), "the ingest service asks to wait");
                    retry_after(&response).unwrap_or(backoff)
                }
                Ok(response) => return verdict(response).await,
                Err(error) if attempt == ATTEMPTS_MAX => {
                    return Err(error).with_context(|| format!("cannot reach the ingest service at {}", self.url));
                }
                Err(error) => {
                    tracing::debug!(attempt, %error, "the ingest service cannot be reached");
                    backoff
                }
            };
            tokio::time::sleep(wait.min(BACKOFF.1)).await;
            backoff = (backoff * 2).min(BACKOFF.1);
        }
        bail!("the ingest service at {} was away for {ATTEMPTS_MAX} attempts", self.url)
    }
}

fn is_temporary(status: StatusCode) -> bool {
    matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// 200, 207 and 422 carry a verdict on each event; anything else means the request itself was wrong.
async fn verdict(response: Response) -> anyhow::Result<Verdict> {
    let status = response.status();
    let body = response.bytes().await.context("the answer of the ingest service broke off")?;
    if matches!(status, StatusCode::OK | StatusCode::MULTI_STATUS | StatusCode::UNPROCESSABLE_ENTITY)
        && let Ok(verdict) = serde_json::from_slice(&body)
    {
        return Ok(verdict);
    }
    let quoted: String = String::from_utf8_lossy(&body).chars().take(QUOTED_CHARS_MAX).collect();
    bail!("the ingest service answered {status}: {quoted}")
}
