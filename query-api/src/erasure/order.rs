//! Hands an erasure to ingest, which alone writes the log.

use std::time::Duration;

use axum::http::StatusCode;
use loupe_schemas::Micros;
use loupe_schemas::position::Position;
use loupe_service::clock;
use loupe_service::config::Secret;
use loupe_service::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};

const TIMEOUT: Duration = Duration::from_secs(30);
const RETRY_AFTER_S: u64 = 2;

/// Where erasures are handed to: ingest, as anybody who may write events of every account there is.
#[derive(Clone)]
pub(crate) struct Orders {
    client: reqwest::Client,
    url: String,
    key: Secret,
}

/// What ingest says of the events of a request.
#[derive(Debug, Deserialize)]
struct Verdicts {
    accepted: u64,
    #[serde(default)]
    position: String,
}

impl Orders {
    /// Through the ingest at this base URL, with this key.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub(crate) fn new(ingest_url: &str, key: &Secret) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build()?;
        Ok(Self { client, url: format!("{}/v1/events", ingest_url.trim_end_matches('/')), key: key.clone() })
    }

    /// Orders a client to be erased; where on the log that is, once it is durable.
    ///
    /// # Errors
    /// 503 when ingest is away or Kafka is, after which nothing or the whole order is on the log: it may be repeated.
    pub(crate) async fn erase(&self, account: u64, client_id: &str) -> Result<Position, Problem> {
        let event = json!({
            "type": "ClientErased",
            // The id that takes the person's place is made of this one, which is random enough for nobody to guess.
            "event_id": clock::new_id(),
            "occurred_at": Micros(clock::now_micros()).to_string(),
            "account_id": account,
            "client_id": client_id,
        });
        let sent = self.client.post(&self.url).bearer_auth(self.key.expose()).json(&event).send().await;
        let answer = sent.map_err(|error| away(&error.to_string()))?;
        let status = answer.status();
        let body: Value = answer.json().await.map_err(|error| away(&error.to_string()))?;
        match serde_json::from_value::<Verdicts>(body.clone()) {
            Ok(verdicts) if status == StatusCode::OK && verdicts.accepted == 1 => {
                verdicts.position.parse().map_err(|_| away("ingest named no position"))
            }
            _ => Err(away(&format!("ingest answered {status}: {body}"))),
        }
    }
}

fn away(reason: &str) -> Problem {
    tracing::warn!(reason, "an erasure cannot be ordered");
    Problem::unavailable("ingest_unavailable", "the erasure cannot be written to the log now; try again", RETRY_AFTER_S)
}
