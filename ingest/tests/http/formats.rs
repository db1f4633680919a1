//! How events may be written and encoded.

use axum::http::StatusCode;
use loupe_schemas::event::EventType;
use serde_json::json;

use crate::fixture::{CLOUD_EVENT, CLOUD_EVENT_BATCH, Ingest, JSON, NDJSON, cloud_event, gzip, photo_viewed, zstd};

#[tokio::test]
async fn every_content_type_is_taken_and_answers_the_position() {
    let events = [photo_viewed(), photo_viewed()];
    let lines = format!("{}\n\n{}\r\n", events[0], events[1]);
    for (content_type, body, count) in [
        (JSON, events[0].to_string(), 1),
        (JSON, json!(events).to_string(), 2),
        (NDJSON, lines, 2),
        (CLOUD_EVENT, cloud_event().to_string(), 1),
        (CLOUD_EVENT, json!([cloud_event(), cloud_event()]).to_string(), 2),
        (CLOUD_EVENT_BATCH, json!([cloud_event(), cloud_event()]).to_string(), 2),
    ] {
        let ingest = Ingest::new();
        let answer = ingest.post(content_type, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{content_type}: {}", answer.body);
        let expected = json!({"accepted": count, "rejected": [], "position": format!("e0:{count}")});
        assert_eq!(answer.body, expected, "{content_type}");
        assert_eq!(ingest.taken().len(), count);
        assert!(ingest.taken().iter().all(|event| event.fact.event_type() == EventType::PhotoViewed));
    }
}

#[tokio::test]
async fn every_encoding_is_taken() {
    let ingest = Ingest::new();
    let body = photo_viewed().to_string();
    for (encoding, encoded) in
        [("gzip", gzip(body.as_bytes())), ("zstd", zstd(body.as_bytes())), ("identity", body.clone().into_bytes())]
    {
        assert_eq!(ingest.post_encoded(encoding, encoded).await.status, StatusCode::OK, "{encoding}");
    }
    assert_eq!(ingest.taken().len(), 3);
}

#[tokio::test]
async fn an_unknown_type_or_encoding_is_415_and_lists_what_is_known() {
    let ingest = Ingest::new();
    for content_type in ["text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded"] {
        let answer = ingest.post(content_type, photo_viewed().to_string()).await;
        assert_eq!(answer.problem(), (415, "unsupported_media_type"));
        for known in [JSON, NDJSON, CLOUD_EVENT, CLOUD_EVENT_BATCH] {
            assert!(answer.message().contains(known), "{}", answer.message());
        }
    }
    let answer = ingest.post_encoded("br", "x").await;
    assert_eq!(answer.problem(), (415, "unsupported_content_encoding"));
    assert_eq!(answer.body["error"]["details"]["supported"], json!(["gzip", "zstd", "identity"]));
    assert!(ingest.taken().is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_json_is_400_with_the_position() {
    let ingest = Ingest::new();
    let answer = ingest.post(JSON, "[{},\n {]").await;
    assert_eq!(answer.problem(), (400, "malformed"));
    assert_eq!(answer.body["error"]["details"], json!({"line": 2, "column": 3}));
    assert_eq!(ingest.post(JSON, "12").await.problem(), (400, "malformed"));
    assert_eq!(ingest.post(CLOUD_EVENT_BATCH, "{}").await.problem(), (400, "malformed"));
    assert_eq!(ingest.post_encoded("gzip", "plain").await.problem(), (400, "malformed_encoding"));
}

#[tokio::test]
async fn a_bad_line_of_ndjson_is_rejected_alone() {
    let ingest = Ingest::new();
    let answer = ingest.post(NDJSON, format!("{}\n{{oops\n[1]\n{}", photo_viewed(), photo_viewed())).await;
    assert_eq!(answer.status, StatusCode::MULTI_STATUS);
    assert_eq!(answer.body["accepted"], 2);
    assert_eq!(answer.rejected(), [(1, "malformed", "event"), (2, "malformed", "event")]);
}

#[tokio::test]
async fn rule_96_a_cloud_event_must_agree_with_its_data() {
    let ingest = Ingest::new();
    let mut differing = cloud_event();
    differing["data"]["type"] = json!("VideoPlayed");
    let id = differing["id"].clone();
    let answer = ingest.post(CLOUD_EVENT_BATCH, json!([differing, cloud_event()]).to_string()).await;
    assert_eq!(answer.status, StatusCode::MULTI_STATUS);
    assert_eq!(answer.rejected(), [(0, "mismatch", "type")]);
    assert_eq!(answer.body["rejected"][0]["event_id"], id);
}
