//! Reading one's own write: the answer waits for a position, within a bound (rule 101).

use std::time::Duration;

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::stage::{COLLECTION, Stage};

const LEDGER: &str = "INSERT INTO ledger (topic, partition, first_offset, last_offset, folded, duplicate, quarantined, \
                      rerouted) VALUES ('gallery.events.v1', 3, 0, 9, 10, 0, 0, 0)";

#[tokio::test(flavor = "multi_thread")]
async fn rule_101_a_read_waits_for_the_position_of_a_write() {
    let stage = Stage::new("position").await;
    stage.favorites(0, 1).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let ask = |position: &str| {
        stage.get(&format!("/collections/{COLLECTION}/favorites"), &key).header("Loupe-Min-Position", position).send()
    };
    let late = ask("e3:10").await.unwrap();
    assert_eq!(late.status(), 503);
    assert!(late.headers().contains_key("retry-after"));
    let body: Value = late.json().await.unwrap();
    assert_eq!(body["error"]["details"]["missing_records"], 10);

    let (waited, ()) = tokio::join!(ask("e3:10"), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stage.sql(LEDGER).await;
    });
    let body: Value = waited.unwrap().json().await.unwrap();
    assert_eq!(body["meta"]["position"], "e3:10");
    assert_eq!(ask("e3:11").await.unwrap().status(), 503);
    for (first, second) in [("e3:10", "e3:7.c0:4"), ("e3:7, c0:1", "c0:4")] {
        let request = stage.get(&format!("/collections/{COLLECTION}/favorites"), &key);
        let request = request.header("Loupe-Min-Position", first).header("Loupe-Min-Position", second);
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(body["error"]["details"]["missing_records"], 4, "of both, in every partition the furthest");
    }
    let absurd = ask(&format!("e0:{max}.e1:{max}.e2:2", max = i64::MAX)).await.unwrap();
    assert_eq!(absurd.status(), 503);
    let malformed = ask("yesterday").await.unwrap();
    assert_eq!(malformed.status(), 400);
    assert!(malformed.text().await.unwrap().contains("Loupe-Min-Position"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_who_asks_after_a_rest_sees_what_was_projected_meanwhile() {
    tokio::join!(ask_after_a_rest("rest", None), ask_after_a_rest("rest_covered", Some("e3:0")));
}

/// Asks before a rest, and after it for at least a position, which is covered all the while.
async fn ask_after_a_rest(database: &str, at_least: Option<&str>) {
    let stage = Stage::with(database, json!({"position_poll_ms": 2_000})).await;
    stage.favorites(0, 1).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let position = async |at_least: Option<&str>| {
        let mut request = stage.get(&format!("/collections/{COLLECTION}/favorites"), &key);
        if let Some(position) = at_least {
            request = request.header("Loupe-Min-Position", position);
        }
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        body["meta"]["position"].as_str().unwrap().to_owned()
    };
    let before = position(None).await;
    // No look is under way by then: one after 5 to 7 s finds that nobody asks any more, and the next is 6 s after it.
    tokio::time::sleep(Duration::from_secs(9)).await;
    stage.sql(LEDGER).await;
    assert_eq!((before.as_str(), position(at_least).await.as_str()), ("", "e3:10"), "{at_least:?}");
}
