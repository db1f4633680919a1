//! Entity tags: what still stands is answered 304 from memory, what changed by events or by time alone is not.

use loupe_service::keys::{Accounts, Scope};
use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::catalogue::action;
use crate::stage::{COLLECTION, Stage, with};

const FAVORITES: &str = "/collections/77/favorites";

fn tag(response: &Response) -> String {
    response.headers()["etag"].to_str().unwrap().to_owned()
}

async fn conditional(stage: &Stage, path: &str, key: &str, tag: &str) -> Response {
    stage.get(path, key).header("if-none-match", tag).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_is_304_without_any_table() {
    let stage = Stage::new("etag").await;
    stage.favorites(0, 3).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    for path in [FAVORITES.to_owned(), format!("{FAVORITES}?format=csv"), format!("{FAVORITES}?limit=1&page=2")] {
        let first = stage.get(&path, &key).send().await.unwrap();
        let tag = tag(&first);
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        assert_eq!(first.headers()["cache-control"], "private, no-cache");
        stage.sql("RENAME TABLE favorites TO hidden").await;
        let again = conditional(&stage, &path, &key, &format!("\"other\", {tag}")).await;
        let without = stage.get(&path, &key).send().await.unwrap();
        stage.sql("RENAME TABLE hidden TO favorites").await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(self::tag(&again), tag);
        assert!(again.bytes().await.unwrap().is_empty());
        assert_eq!(without.status(), 500, "the table is needed for anything else");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_ends_a_tag() {
    let stage = Stage::new("etag_event").await;
    stage.favorites(0, 3).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let first = tag(&stage.get(FAVORITES, &key).send().await.unwrap());
    stage.favorites(3, 4).await;
    let position = stage.project(3, 10).await;
    let request = stage.get(FAVORITES, &key).header("if-none-match", &first);
    let response = request.header("loupe-min-position", position).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_ne!(tag(&response), first);
    assert_eq!(response.json::<serde_json::Value>().await.unwrap()["meta"]["total"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_is_of_one_query_and_of_what_its_reader_may_see() {
    let stage = Stage::new("etag_reader").await;
    stage.favorites(0, 3).await;
    let plain = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let full = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead, Scope::ClientsPii]).await;
    let first = tag(&stage.get(FAVORITES, &plain).send().await.unwrap());
    assert_eq!(conditional(&stage, FAVORITES, &plain, &first).await.status(), 304);
    assert_eq!(conditional(&stage, FAVORITES, &full, &first).await.status(), 200, "it saw masks");
    for other in ["?state=all", "?limit=2", "?page=2", "?format=ndjson", "?sort=favorited_at"] {
        let path = format!("{FAVORITES}{other}");
        assert_eq!(conditional(&stage, &path, &plain, &first).await.status(), 200, "{other}");
    }
    let unknown = conditional(&stage, FAVORITES, "lp_nobody", &first).await;
    assert_eq!(unknown.status(), StatusCode::UNAUTHORIZED, "a tag is no key");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_6_time_alone_ends_a_tag_when_a_download_becomes_idle() {
    let stage = Stage::new("etag_time").await;
    // Idle three seconds from now.
    let micros = loupe_service::clock::now_micros() - 1_797_000_000;
    let at = loupe_schemas::Micros(micros).to_string().replace('T', " ").trim_end_matches('Z').to_owned();
    let own = json!({"completed_at": null, "requested_at": at, "last_activity_at": at, "day": at[..10]});
    stage.insert("downloads", &[with(&action(1), own)]).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::DownloadsRead]).await;
    let path = format!("/collections/{COLLECTION}/downloads");
    let first = stage.get(&path, &key).send().await.unwrap();
    let tag = tag(&first);
    let status =
        async |response: Response| response.json::<serde_json::Value>().await.unwrap()["data"][0]["status"].clone();
    assert_eq!(status(first).await, "in_progress");
    for attempt in 0.. {
        let response = conditional(&stage, &path, &key, &tag).await;
        if response.status() == 200 {
            assert_eq!(status(response).await, "partial", "the tag ends with the status");
            break;
        }
        assert_eq!(response.status(), 304);
        assert!(attempt < 100, "the tag outlives the status");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
