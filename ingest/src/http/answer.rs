//! The answer to a request whose events were judged one by one.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use loupe_schemas::ids::EventId;
use loupe_schemas::position::Position;
use loupe_schemas::rules::{Code, Violation};
use loupe_service::problem::Problem;
use serde::Serialize;

use crate::publisher::{Publication, PublishError};

/// When a caller may come back after Kafka was away, in seconds.
pub(super) const KAFKA_RETRY_AFTER_S: u64 = 2;

/// Why one event was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Rejection {
    /// Its place in the request, from 0; of NDJSON blank lines do not count.
    pub(super) index: usize,
    /// Its id, when the sender gave one.
    pub(super) event_id: Option<String>,
    #[serde(flatten)]
    pub(super) violation: Violation,
}

/// What became of each event of a request.
#[derive(Debug, Serialize)]
pub(super) struct Verdicts {
    pub(super) accepted: usize,
    pub(super) rejected: Vec<Rejection>,
    /// What a reader passes back to read these events; empty when none was accepted.
    position: String,
}

impl Rejection {
    pub(super) fn new(index: usize, event_id: Option<String>, violation: Violation) -> Self {
        Self { index, event_id, violation }
    }
}

impl Verdicts {
    /// The verdict on a request without events (rule 98).
    pub(super) fn empty() -> Self {
        let violation = Violation::new(Code::Empty, "body", "holds no event (rule 98)");
        Self { accepted: 0, rejected: vec![Rejection::new(0, None, violation)], position: String::new() }
    }

    /// The verdict on a request without acceptable events.
    pub(super) fn none(rejected: Vec<Rejection>) -> Self {
        Self { accepted: 0, rejected, position: String::new() }
    }

    /// The verdicts after publishing: `ids` are the index and id of each published event.
    ///
    /// Any event that Kafka did not take for now makes the whole request a 503.
    pub(super) fn after(
        publication: Publication,
        ids: Vec<(usize, EventId)>,
        mut rejected: Vec<Rejection>,
    ) -> Result<Self, Problem> {
        // A sink that answers for fewer events than it was given has not taken the rest.
        if publication.results.len() != ids.len() {
            return Err(kafka_away(&PublishError::Closed.to_string()));
        }
        let mut accepted = 0;
        for ((index, event_id), result) in ids.into_iter().zip(publication.results) {
            match result {
                Ok(_) => accepted += 1,
                Err(error) if error.is_retryable() => return Err(kafka_away(&error.to_string())),
                Err(error) => rejected.push(Rejection::new(index, Some(event_id.to_string()), unpublishable(&error))),
            }
        }
        rejected.sort_by_key(|rejection| rejection.index);
        Ok(Self { accepted, rejected, position: position_text(&publication.position) })
    }

    fn status(&self) -> StatusCode {
        match (self.accepted, self.rejected.is_empty()) {
            (0, _) => StatusCode::UNPROCESSABLE_ENTITY,
            (_, true) => StatusCode::OK,
            (_, false) => StatusCode::MULTI_STATUS,
        }
    }
}

impl IntoResponse for Verdicts {
    fn into_response(self) -> Response {
        (self.status(), [(header::CACHE_CONTROL, "no-store")], Json(self)).into_response()
    }
}

/// 503: Kafka did not take the events; the reason is for the caller's log.
pub(super) fn kafka_away(reason: &str) -> Problem {
    let message = format!("Kafka is away, try the whole request again: {reason}");
    Problem::unavailable("kafka_away", message, KAFKA_RETRY_AFTER_S)
}

fn position_text(position: &Position) -> String {
    position.to_string()
}

fn unpublishable(error: &PublishError) -> Violation {
    let code = match error {
        PublishError::NoKey => return Violation::new(Code::Missing, "collection_id", "is required (rule 93)"),
        PublishError::TooLarge { .. } | PublishError::Kafka(_) => Code::TooLarge,
        PublishError::Unencodable(_) | PublishError::QueueFull | PublishError::Closed => Code::InvalidValue,
    };
    Violation::new(code, "event", error.to_string())
}
