//! What a key and an account may take, and that nobody else pays for it.

use futures::StreamExt;
use loupe_service::keys::{Accounts, Scope};
use serde_json::json;

use crate::stage::{COLLECTION, Stage};

const FAVORITES: &str = "/collections/77/favorites";

#[tokio::test(flavor = "multi_thread")]
async fn a_key_past_its_allowance_is_told_when_to_come_back() {
    let stage = Stage::with("rate", json!({"requests_per_minute": 20})).await;
    stage.favorites(0, 1).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let other = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let mut left = Vec::new();
    let refused = loop {
        let response = stage.get(FAVORITES, &key).send().await.unwrap();
        assert_eq!(response.headers()["ratelimit-policy"], "\"key\";q=20;w=60");
        left.push(response.headers()["ratelimit"].to_str().unwrap().to_owned());
        if response.status() == 429 {
            break response;
        }
        assert!(left.len() < 40, "{left:?}");
    };
    assert!(left.len() > 10 && left.last().unwrap().starts_with("\"key\";r=0;t="), "{left:?}");
    let retry_after: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&retry_after));
    assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["error"]["code"], "rate_limited");
    assert_eq!(stage.get(FAVORITES, &other).send().await.unwrap().status(), 200, "another key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_reads_too_much_is_refused_by_its_limit() {
    let stage = Stage::with("rows", json!({"query_rows_max": 1_000})).await;
    stage.favorites(0, 20_000).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let (status, body) = stage.json(FAVORITES, &key).await;
    assert_eq!((status, &body["error"]["code"]), (400, &"query_too_large".into()), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_readers_of_one_account_do_not_hold_up_another() {
    // However slow the machine is: what is asked about is who has a place, not how long a page takes.
    let limits = json!({"exports_per_account": 2, "query_timeout_ms": 120_000});
    let stage = Stage::with("fair", limits).await;
    stage.favorites(0, 300_000).await;
    stage
        .sql(&format!(
            "INSERT INTO collections (account_id, collection_id, name, version) VALUES (2, {COLLECTION}, 'B', 1)"
        ))
        .await;
    let (slow, other) = (
        stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await,
        stage.known_key(Accounts::one(2), &[Scope::FavoritesRead]).await,
    );
    let export = format!("{FAVORITES}?format=ndjson");
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut body = Box::pin(stage.get(&export, &slow).send().await.unwrap().bytes_stream());
        body.next().await.unwrap().unwrap();
        held.push(body);
    }
    let (status, body) = stage.json(&export, &slow).await;
    assert_eq!((status, &body["error"]["code"]), (429, &"too_many_exports".into()));
    assert_eq!(stage.json(FAVORITES, &slow).await.0, 200, "its pages are still answered");
    assert_eq!(stage.json(FAVORITES, &other).await.0, 200);
    assert_eq!(stage.get(&export, &other).send().await.unwrap().status(), 200);
    drop(held);
    for attempt in 0.. {
        if stage.get(&export, &slow).send().await.unwrap().status() == 200 {
            break;
        }
        assert!(attempt < 100, "a reader who left still holds its place");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
