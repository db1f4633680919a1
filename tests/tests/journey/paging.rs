//! Pages, cursors and formats of the story's lists.

use anyhow::{Context, ensure};
use loupe_tests::client::Client;
use loupe_tests::story::{self, reading};
use serde_json::Value;

use crate::stack;

const LISTS: [&str; 6] = [
    "/collections/9001/photo_downloads",
    "/collections/9001/gallery_video_downloads",
    "/collections/9001/downloads/",
    "/collections/9001/photo_sharing_links",
    "/collections/9001/favorites",
    "/photos/starred",
];

#[tokio::test]
async fn rules_3_and_99_pages_and_cursors_list_each_row_once_under_one_summary() -> anyhow::Result<()> {
    let stack = stack()?;
    let mut client = Client::new(&stack);
    client.publish_lines(&story::events(21, 22)).await?;
    let key = reading::Readers::mint(&stack, 21, 22)?.owner;
    for path in LISTS {
        let whole = client.read(&key, path).await?.json;
        let rows = whole["data"].as_array().context("no data")?.clone();
        let mut by_cursor = Vec::new();
        let mut next = format!("{path}?limit=2");
        loop {
            let page = client.read(&key, &next).await?.json;
            ensure!(page["summary"] == whole["summary"], "{next}: the summary differs: {}", page["summary"]);
            let found = page["data"].as_array().context("no data")?;
            ensure!(found.len() <= 2, "{next}: {} rows", found.len());
            by_cursor.extend(found.iter().cloned());
            let Some(cursor) = page["meta"]["next_cursor"].as_str() else { break };
            ensure!(by_cursor.len() <= rows.len(), "{path}: the cursor never ends");
            next = format!("{path}?limit=2&cursor={cursor}");
        }
        ensure!(by_cursor == rows, "{path} by cursor: {by_cursor:?}");

        let pages = rows.len().div_ceil(3).max(1);
        let mut by_page: Vec<Value> = Vec::new();
        for number in 1..=pages {
            let page = client.read(&key, &format!("{path}?per_page=3&page={number}")).await?.json;
            let meta = &page["meta"];
            ensure!(meta["current_page"] == number && meta["last_page"] == pages, "{path}: {meta}");
            ensure!(meta["total"] == rows.len() && meta["total_pages"] == pages, "{path}: {meta}");
            by_page.extend(page["data"].as_array().context("no data")?.iter().cloned());
        }
        ensure!(by_page == rows, "{path} by page: {by_page:?}");
        let beyond = client.read(&key, &format!("{path}?per_page=3&page={}", pages + 1)).await?.json;
        ensure!(beyond["data"] == Value::Array(Vec::new()), "{path}: a page past the last has {}", beyond["data"]);
    }
    Ok(())
}

#[tokio::test]
async fn lists_come_as_csv_and_ndjson_too() -> anyhow::Result<()> {
    let stack = stack()?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(23, 24)).await?;
    let key = reading::Readers::mint(&stack, 23, 24)?.owner;
    for path in LISTS {
        let rows = client.read(&key, path).await?.json["data"].as_array().context("no data")?.clone();
        let lines = client.read(&key, &format!("{path}?format=ndjson")).await?.text;
        let lines: Vec<Value> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        ensure!(lines == rows, "{path} as NDJSON: {lines:?}");
        let csv = client.read(&key, &format!("{path}?format=csv")).await?.text;
        ensure!(csv.lines().count() == rows.len() + 1, "{path} as CSV has no header and {} rows: {csv}", rows.len());
    }
    Ok(())
}
