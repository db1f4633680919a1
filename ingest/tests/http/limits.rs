//! What bounds a request, and all of them together.

use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use futures::StreamExt;
use loupe_ingest::http::Limits;
use serde_json::json;

use crate::fixture::{Ingest, JSON, LIMITS, Mode, gzip, photo_viewed, zstd};

#[tokio::test]
async fn a_body_beyond_the_encoded_limit_is_413_announced_or_not() {
    let ingest = Ingest::new();
    let long = vec![b' '; LIMITS.encoded_bytes_max + 1];
    let announced = ingest.request().header(header::CONTENT_TYPE, JSON).header(header::CONTENT_LENGTH, long.len());
    let answer = ingest.send(announced.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), (413, "too_large"));
    let chunks = futures::stream::iter(
        long.chunks(1_000).map(|chunk| Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk))).collect::<Vec<_>>(),
    );
    let answer = ingest.post(JSON, Body::from_stream(chunks)).await;
    assert_eq!(answer.body["error"]["details"], json!({"limit": "encoded_bytes_max", "value": 40_000}));
    assert_eq!(answer.problem(), (413, "too_large"));
}

#[tokio::test]
async fn a_small_body_that_decodes_beyond_the_limit_is_413() {
    let ingest = Ingest::new();
    let long = vec![b' '; LIMITS.decoded_bytes_max + 1];
    for (encoding, body) in [("gzip", gzip(&long)), ("zstd", zstd(&long)), ("identity", long.clone())] {
        let answer = ingest.post_encoded(encoding, body).await;
        assert_eq!(answer.problem(), (413, "too_large"), "{encoding}");
        assert!(answer.message().contains("at most 30000 bytes once decoded (decoded_bytes_max)"), "{encoding}");
    }
    let full = format!("{:1$}", photo_viewed().to_string(), LIMITS.decoded_bytes_max);
    assert_eq!(ingest.post_encoded("gzip", gzip(full.as_bytes())).await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_event_too_many_is_413_and_none_is_taken() {
    let ingest = Ingest::new();
    let answer = ingest.post(JSON, json!(vec![photo_viewed(); 6]).to_string()).await;
    assert_eq!(answer.problem(), (413, "too_large"));
    assert!(answer.message().contains("at most 5 events"), "{}", answer.message());
    assert!(ingest.taken().is_empty());
    assert_eq!(ingest.post(JSON, json!(vec![photo_viewed(); 5]).to_string()).await.body["accepted"], 5);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_in_time_is_408_and_gives_its_room_back() {
    let ingest = Ingest::new();
    let start = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"["))]);
    let answer = ingest.post(JSON, Body::from_stream(start.chain(futures::stream::pending()))).await;
    assert_eq!(answer.problem(), (408, "body_timeout"));
    assert_eq!(ingest.in_flight.bytes(), 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400() {
    let ingest = Ingest::new();
    let broken = futures::stream::iter([Ok(Bytes::from_static(b"[")), Err(std::io::Error::other("reset"))]);
    assert_eq!(ingest.post(JSON, Body::from_stream(broken)).await.problem(), (400, "incomplete_body"));
}

#[tokio::test]
async fn when_there_is_no_room_it_is_503_with_retry_after_until_there_is() {
    let ingest = Ingest::with(Limits { in_flight_bytes_max: 70_000, body_timeout: Duration::from_secs(60), ..LIMITS });
    ingest.set(Mode::Hangs);
    let body = format!("{:1$}", photo_viewed().to_string(), 30_000);
    let (first, second) = (ingest.post(JSON, body.clone()), ingest.post(JSON, body.clone()));
    let (mut first, mut second) = (Box::pin(first), Box::pin(second));
    let both = futures::future::select(&mut first, &mut second);
    assert!(tokio::time::timeout(Duration::from_millis(300), both).await.is_err(), "the sink must hang");
    let answer = ingest.post(JSON, body.clone()).await;
    assert_eq!(answer.problem(), (503, "overloaded"));
    assert_eq!(answer.headers[header::RETRY_AFTER], "1");
    drop((first, second));
    assert_eq!(ingest.in_flight.bytes(), 0);
    ingest.set(Mode::Takes);
    assert_eq!(ingest.post(JSON, body).await.status, StatusCode::OK);
}
