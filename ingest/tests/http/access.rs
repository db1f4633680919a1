//! Who may publish what.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;

use crate::fixture::{Answer, Ingest, JSON, photo_viewed};

async fn post_as(ingest: &Ingest, authorization: &str, body: String) -> Answer {
    let request = Request::post("/v1/events").header(header::CONTENT_TYPE, JSON);
    ingest.send(request.header(header::AUTHORIZATION, authorization).body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn without_a_known_key_it_is_401() {
    let ingest = Ingest::new();
    let bare = Request::post("/v1/events").header(header::CONTENT_TYPE, JSON).body(Body::from("[]")).unwrap();
    let answer = ingest.send(bare).await;
    assert_eq!(answer.problem(), (401, "unauthorized"));
    assert!(answer.headers.contains_key(header::WWW_AUTHENTICATE));
    for wrong in ["Bearer lp_unknown", "Basic abc", "Bearer "] {
        assert_eq!(post_as(&ingest, wrong, photo_viewed().to_string()).await.status, StatusCode::UNAUTHORIZED);
    }
    assert!(ingest.taken().is_empty());
}

#[tokio::test]
async fn without_the_scope_it_is_403() {
    let ingest = Ingest::new();
    let answer = post_as(&ingest, &format!("Bearer {}", ingest.reader), photo_viewed().to_string()).await;
    assert_eq!(answer.problem(), (403, "insufficient_scope"));
    assert_eq!(answer.body["error"]["details"]["required_scope"], "events:write");
    assert!(ingest.taken().is_empty());
}

#[tokio::test]
async fn an_event_of_another_account_is_rejected_and_the_others_are_not() {
    let ingest = Ingest::new();
    let mut other = photo_viewed();
    other["account_id"] = json!("2");
    let body = json!([photo_viewed(), other]).to_string();
    let answer = post_as(&ingest, &format!("Bearer {}", ingest.one), body.clone()).await;
    assert_eq!(answer.status, StatusCode::MULTI_STATUS);
    assert_eq!(answer.rejected(), [(1, "forbidden", "account_id")]);
    assert_eq!(answer.body["rejected"][0]["event_id"], other["event_id"]);
    let answer = post_as(&ingest, &format!("Bearer {}", ingest.edge), body).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn other_methods_and_paths_are_told_what_there_is() {
    let ingest = Ingest::new();
    let answer = ingest.send(Request::get("/v1/events").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), (405, "method_not_allowed"));
    assert_eq!(answer.headers[header::ALLOW], "POST");
    let answer = ingest.send(Request::post("/events").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), (404, "not_found"));
}
