//! CSV and NDJSON: the whole list, or the page that was asked for.

use loupe_service::keys::{Accounts, Scope};
use serde_json::Value;

use crate::stage::{COLLECTION, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_every_row_and_a_page_its_own() {
    let stage = Stage::new("export").await;
    stage.favorites(0, 2_345).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let get = async |query: &str| {
        let response = stage.get(&format!("/collections/{COLLECTION}/favorites?{query}"), &key).send().await.unwrap();
        let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
        (content_type, response.text().await.unwrap())
    };
    let (content_type, text) = get("format=ndjson&sort=favorited_at").await;
    assert_eq!(content_type, "application/x-ndjson");
    let media = |line: &str| serde_json::from_str::<Value>(line).unwrap()["media"]["id"].as_u64().unwrap();
    assert_eq!(text.lines().map(media).collect::<Vec<_>>(), (0..2_345).collect::<Vec<u64>>());

    let (content_type, text) = get("format=csv").await;
    assert_eq!(content_type, "text/csv; charset=utf-8; header=present");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let column = rows.headers().unwrap().iter().position(|name| name == "media_id").unwrap();
    let media = rows.records().map(|row| row.unwrap()[column].parse().unwrap());
    assert_eq!(media.collect::<Vec<u64>>(), (0..2_345).rev().collect::<Vec<_>>());

    assert_eq!(get("format=csv&limit=10").await.1.lines().count(), 11);
    assert_eq!(get("format=csv&media_id=5000").await.1.lines().count(), 1, "a header without rows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_looks_like_a_formula_is_quoted() {
    let stage = Stage::new("formula").await;
    stage.favorites(1, 2).await;
    stage
        .sql(&format!(
            "INSERT INTO favorites (account_id, collection_id, list_id, media_id, noted) \
             SELECT 1, {COLLECTION}, 'fl_1', 1, (toDateTime64('2026-05-02 12:00:00', 6, 'UTC'), 1, '=HYPERLINK(\"x\")')"
        ))
        .await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let csv = stage.get(&format!("/collections/{COLLECTION}/favorites"), &key).header("accept", "text/csv");
    let csv = csv.send().await.unwrap().text().await.unwrap();
    assert!(csv.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{csv}");
}
