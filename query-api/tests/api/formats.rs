//! CSV, NDJSON and Parquet: the whole list, or the page that was asked for.

use std::io::Read;

use bytes::Bytes;
use futures::StreamExt;
use loupe_service::keys::{Accounts, Scope};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value, json};

use crate::happenings::{Happenings, later};
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

#[tokio::test(flavor = "multi_thread")]
async fn parquet_is_a_table_with_types() {
    let stage = Stage::new("parquet").await;
    stage.favorites(0, 20_000).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let path = format!("/collections/{COLLECTION}/favorites");
    let accept = "application/vnd.apache.parquet";
    let response = stage.get(&path, &key).header("accept", accept).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], accept);
    let reader = SerializedFileReader::new(response.bytes().await.unwrap()).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 20_000);
    let first = reader.get_row_iter(None).unwrap().next().unwrap().unwrap();
    let columns: Vec<String> = first.get_column_iter().map(|(name, field)| format!("{name}={field}")).collect();
    assert!(columns.contains(&"media_id=19999".to_owned()), "{columns:?}");
    let page = stage.get(&format!("{path}?format=parquet&limit=10"), &key).send().await.unwrap();
    let reader = SerializedFileReader::new(page.bytes().await.unwrap()).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 10);
}

/// How many statements about favourites the engine is at.
async fn running(stage: &Stage) -> u64 {
    let sql =
        "SELECT count() FROM system.processes WHERE query LIKE '%FROM favorites%' AND query NOT LIKE '%processes%'";
    stage.client.query(sql).fetch_one::<u64>().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_rows_are_streamed_and_stop_when_the_reader_leaves() {
    let stage = Stage::new("million").await;
    stage.favorites(0, 1_000_000).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let path = format!("/collections/{COLLECTION}/favorites?format=ndjson");
    let mut body = Box::pin(stage.get(&path, &key).send().await.unwrap().bytes_stream());
    let first: Bytes = body.next().await.unwrap().unwrap();
    assert!(first.starts_with(b"{\"id\":\"fv_fl_1_999999\""), "the newest first");
    // Rows that nobody reads are waited with, so the statement stays.
    for attempt in 0.. {
        if running(&stage).await > 0 {
            break;
        }
        assert!(attempt < 20, "it is still being written");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    drop(body);
    for attempt in 0.. {
        if running(&stage).await == 0 {
            break;
        }
        assert!(attempt < 100, "the statement goes on for nobody");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let mut body = stage.get(&path, &key).send().await.unwrap().bytes_stream();
    let mut lines = 0;
    while let Some(chunk) = body.next().await {
        lines += chunk.unwrap().iter().filter(|byte| **byte == b'\n').count();
    }
    assert_eq!(lines, 1_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_129_favourites_are_file_names_for_other_programs() {
    let stage = Stage::new("names").await;
    let mut story = Happenings::default();
    let media: [(u64, &str, u64, u64, &[&str]); 2] = [(11, "photo", 1, 1, &[]), (12, "photo", 1, 1, &[])];
    story.gallery(COLLECTION, 5, &media);
    let created = json!({"type": "FavoriteListCreated", "list_id": "fl_1", "list_name": "Album picks"});
    story.add("2026-05-02T09:00:00Z", COLLECTION, "cl_ana", created);
    for (second, (list, media)) in (0..).zip([("fl_1", 12), ("fl_2", 12), ("fl_1", 11), ("fl_1", 99), ("fl_2", 99)]) {
        let at = later("2026-05-02T10:00:00Z", second);
        story.favorite(&at, COLLECTION, "cl_ana", list, (media, "photo"));
    }
    story.fold(&stage).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let get = async |format: &str| {
        let path = format!("/collections/{COLLECTION}/favorites?format={format}");
        let response = stage.get(&path, &key).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let headers = ["content-type", "content-disposition", "loupe-left-out", "loupe-names"].map(header);
        (headers, response.bytes().await.unwrap())
    };
    for (format, expected) in [
        ("lightroom", "11, 12"),
        ("capture_one", "11 12"),
        ("finder", "name:\"11.jpg\" OR name:\"12.jpg\""),
        ("txt", "11.jpg\n12.jpg\n"),
    ] {
        let (headers, body) = get(format).await;
        assert_eq!(headers, ["text/plain; charset=utf-8", "attachment; filename=\"favorites-77.txt\"", "1", "2"]);
        assert_eq!(body, expected, "{format}");
    }
    let (headers, body) = get("xmp").await;
    assert_eq!(headers, ["application/zip", "attachment; filename=\"favorites-77.zip\"", "1", "2"]);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(body)).unwrap();
    let mut text = String::new();
    archive.by_name("12.xmp").unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("<rdf:li>Album picks</rdf:li>"), "{text}");
    assert_eq!(archive.len(), 2);
    for parameter in ["limit", "per_page", "page", "cursor"] {
        let path = format!("/collections/{COLLECTION}/favorites?format=txt&{parameter}=1");
        let (status, body) = stage.json(&path, &key).await;
        assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &parameter.into()), "{body}");
    }
    let (status, body) = stage.json("/photos/starred?format=txt", &key).await;
    assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &"format".into()));
}
