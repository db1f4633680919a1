//! Kafka away.

use axum::http::{StatusCode, header};
use loupe_ingest::http::KAFKA_CONDITION;
use serde_json::json;

use crate::fixture::{Ingest, JSON, Mode, photo_viewed};

#[tokio::test]
async fn known_to_be_away_it_is_503_with_retry_after_and_nothing_is_taken() {
    let ingest = Ingest::new();
    ingest.health.set_not_ready(KAFKA_CONDITION, "no broker answers");
    let answer = ingest.post(JSON, photo_viewed().to_string()).await;
    assert_eq!(answer.problem(), (503, "kafka_away"));
    assert_eq!(answer.headers[header::RETRY_AFTER], "2");
    assert!(answer.message().contains("no broker answers"));
    assert!(ingest.taken().is_empty());
    ingest.health.set_ready(KAFKA_CONDITION);
    assert_eq!(ingest.post(JSON, photo_viewed().to_string()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn going_away_midway_is_503_and_rule_10_makes_the_whole_retry_safe() {
    let ingest = Ingest::new();
    let body = json!([photo_viewed(), {"type": "wrong"}, photo_viewed()]).to_string();
    ingest.set(Mode::FailsAfter(1));
    let answer = ingest.post(JSON, body.clone()).await;
    assert_eq!(answer.problem(), (503, "kafka_away"));
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    assert!(answer.body.get("accepted").is_none(), "a failed request says nothing of single events");
    ingest.set(Mode::Takes);
    let answer = ingest.post(JSON, body).await;
    assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::MULTI_STATUS, &json!(2)));
    let ids: std::collections::BTreeSet<_> = ingest.taken().iter().map(|event| event.head.event_id).collect();
    assert_eq!((ingest.taken().len(), ids.len()), (3, 2));
}

#[tokio::test]
async fn a_request_without_acceptable_events_needs_no_answer_of_kafka() {
    let ingest = Ingest::new();
    ingest.set(Mode::FailsAfter(0));
    let answer = ingest.post(JSON, "{}").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}
