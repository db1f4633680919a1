//! What is said of each event.

use axum::http::StatusCode;
use loupe_ingest::http::IpHasher;
use loupe_service::config::Secret;
use serde_json::{Value, json};

use crate::fixture::{Ingest, JSON, Mode, photo_viewed};

#[tokio::test]
async fn all_accepted_is_200_some_207_none_422() {
    let ingest = Ingest::new();
    let (good, mut bad) = (photo_viewed(), photo_viewed());
    bad["occurred_at"] = json!("2009-12-31T23:59:59Z");
    let answer = ingest.post(JSON, json!([good, good]).to_string()).await;
    assert_eq!((answer.status, answer.body["accepted"].as_u64()), (StatusCode::OK, Some(2)));
    let answer = ingest.post(JSON, json!([bad, good, bad]).to_string()).await;
    assert_eq!((answer.status, answer.body["accepted"].as_u64()), (StatusCode::MULTI_STATUS, Some(1)));
    assert_eq!(answer.rejected(), [(0, "out_of_range", "occurred_at"), (2, "out_of_range", "occurred_at")]);
    assert_eq!(answer.body["position"], "e0:3");
    let answer = ingest.post(JSON, bad.to_string()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let rejection = &answer.body["rejected"][0];
    assert_eq!(rejection["event_id"], bad["event_id"]);
    assert!(rejection["message"].as_str().unwrap().contains("rule 9"), "{rejection}");
    assert_eq!((&answer.body["accepted"], &answer.body["position"]), (&json!(0), &json!("")));
}

#[tokio::test]
async fn rule_98_an_empty_batch_is_422_empty() {
    let ingest = Ingest::new();
    for (content_type, body) in
        [(JSON, "[]"), ("application/x-ndjson", "\n"), ("application/cloudevents-batch+json", "[]")]
    {
        let answer = ingest.post(content_type, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{content_type}");
        assert_eq!(answer.rejected(), [(0, "empty", "body")]);
    }
}

#[tokio::test]
async fn rule_98_repeated_events_are_each_accepted() {
    let ingest = Ingest::new();
    let event = photo_viewed();
    let answer = ingest.post(JSON, json!([event, event, event]).to_string()).await;
    assert_eq!(answer.body, json!({"accepted": 3, "rejected": [], "position": "e0:3"}));
}

#[tokio::test]
async fn rule_101_the_position_covers_every_topic_that_was_written() {
    let ingest = Ingest::new();
    let collection = json!({"type": "CollectionUpserted", "event_id": photo_viewed()["event_id"],
        "occurred_at": 1_777_745_053_000_000_i64, "account_id": 1, "collection_id": 10, "name": "Smith Wedding"});
    let answer = ingest.post(JSON, json!([collection, photo_viewed(), photo_viewed()]).to_string()).await;
    assert_eq!(answer.body["position"], "c0:1.e0:2", "{}", answer.body);
}

#[tokio::test]
async fn rule_93_and_97_a_wrong_field_is_named() {
    let ingest = Ingest::new();
    for (path, value, code, field) in [
        ("/media_id", Value::Null, "missing", "media_id"),
        ("/collection_id", Value::Null, "missing", "collection_id"),
        ("/type", json!("PhotoEaten"), "invalid_value", "type"),
        ("/actor/role", json!("king"), "invalid_value", "actor.role"),
        ("/edge/seq", json!(-1), "out_of_range", "edge.seq"),
    ] {
        let mut event = photo_viewed();
        *event.pointer_mut(path).unwrap() = value;
        let answer = ingest.post(JSON, event.to_string()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.rejected(), [(0, code, field)], "{path}");
    }
}

#[tokio::test]
async fn rule_17_an_address_is_hashed_at_once_and_never_kept() {
    let ingest = Ingest::new();
    let hasher = IpHasher::new(&Secret::new("0123456789abcdef"));
    let mut events = vec![photo_viewed(); 4];
    events[1]["actor"]["ip"] = json!("::ffff:203.0.113.7");
    events[2]["actor"]["ip"] = json!("2001:db8:1:2:3:4:5:6");
    events[3]["actor"]["ip_key"] = json!("00ff");
    assert_eq!(ingest.post(JSON, json!(events).to_string()).await.status, StatusCode::OK);
    let keys: Vec<_> = ingest.taken().into_iter().map(|event| event.head.actor.unwrap().ip_key).collect();
    let v4 = hasher.hash("203.0.113.7".parse().unwrap());
    let network = hasher.hash("2001:db8:1:2::".parse().unwrap());
    assert_eq!(keys, [v4.clone(), v4, network, vec![0, 255]]);
    assert!(!format!("{:?}", ingest.taken()).contains("203.0.113"));
}

#[tokio::test]
async fn an_event_no_topic_takes_is_rejected_alone() {
    let ingest = Ingest::new();
    ingest.set(Mode::TooLargeAt(1));
    let mut bad = photo_viewed();
    bad["media_id"] = json!("x");
    let answer = ingest.post(JSON, json!([photo_viewed(), photo_viewed(), bad, photo_viewed()]).to_string()).await;
    assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::MULTI_STATUS, &json!(2)));
    assert_eq!(answer.rejected(), [(1, "too_large", "event"), (2, "invalid_value", "media_id")]);
}
