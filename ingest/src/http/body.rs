//! Takes a body in, within its limits.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use loupe_service::problem::Problem;
use serde_json::json;

use super::Limits;
use super::in_flight::{Overloaded, Reservation};

/// When a caller that met a full service may come back, in seconds.
const OVERLOADED_RETRY_AFTER_S: u64 = 1;

impl From<Overloaded> for Problem {
    fn from(_: Overloaded) -> Self {
        Self::unavailable("overloaded", "too many bytes are being taken in; try again", OVERLOADED_RETRY_AFTER_S)
    }
}

/// The body as it was sent.
pub(super) async fn collect(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
    reservation: &mut Reservation,
) -> Result<Bytes, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > limits.encoded_bytes_max) {
        return Err(encoded_too_large(limits));
    }
    match tokio::time::timeout(limits.body_timeout, read(body, limits, reservation)).await {
        Ok(read) => read,
        Err(_) => Err(too_slow(limits.body_timeout)),
    }
}

async fn read(mut body: Body, limits: &Limits, reservation: &mut Reservation) -> Result<Bytes, Problem> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Problem::bad_request("incomplete_body", format!("the body did not arrive whole: {error}"))
        })?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > limits.encoded_bytes_max {
            return Err(encoded_too_large(limits));
        }
        reservation.grow(data.len())?;
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

fn encoded_too_large(limits: &Limits) -> Problem {
    too_large("encoded_bytes_max", limits.encoded_bytes_max, "bytes as it is sent")
}

/// 413: the body is beyond a limit, which is named.
pub(super) fn too_large(limit: &str, value: usize, unit: &str) -> Problem {
    let message = format!("the body must have at most {value} {unit} ({limit})");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
        .with_details(json!({ "limit": limit, "value": value }))
}

fn too_slow(timeout: Duration) -> Problem {
    let message = format!("the body did not arrive within {} ms (body_timeout_ms)", timeout.as_millis());
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", message)
}
