//! The account against its collections.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use serde_json::Value;

use loupe_tests::reader::{Reader, number, rows, sum};

/// Figures that add up over collections.
const FIGURES: [&str; 14] = [
    "visits",
    "views",
    "plays",
    "link_opens",
    "favorites",
    "attempts",
    "downloads",
    "by_type/photo",
    "by_type/video",
    "by_type/archive",
    "unique_downloads",
    "deliveries/photos",
    "deliveries/videos",
    "transferred_bytes",
];

/// Checks what is said of a whole account.
pub(crate) async fn check(reader: &mut Reader, collections: &BTreeSet<u64>) -> anyhow::Result<()> {
    let (listed, _) = reader.all("/analytics/collections").await?;
    let ids: BTreeSet<u64> = listed.iter().filter_map(|row| row["collection"]["id"].as_u64()).collect();
    ensure!(ids == *collections, "rule 102: {ids:?} are not {collections:?}");
    let portfolio = reader.get("/analytics/portfolio").await?;
    for figure in FIGURES {
        let together = sum(&listed, &format!("/figures/{figure}"))?;
        let whole = number(&portfolio, &format!("/data/figures/{figure}"))?;
        reader.same(&format!("rule 121: {figure}"), together, whole)?;
    }
    for row in &listed {
        let id = row["collection"]["id"].as_u64().context("a collection has an id")?;
        let analytics = reader.get(&format!("/collections/{id}/analytics")).await?;
        for figure in FIGURES.iter().chain(&["clients"]) {
            let (left, right) = (format!("/figures/{figure}"), format!("/data/totals/{figure}"));
            reader.same(&format!("{figure} of {id}"), number(row, &left)?, number(&analytics, &right)?)?;
        }
    }
    compare(reader, collections, &listed).await?;
    starred(reader).await?;
    single(reader, collections).await
}

/// A download by itself is the row of its list, and its items are its deliveries.
async fn single(reader: &mut Reader, collections: &BTreeSet<u64>) -> anyhow::Result<()> {
    let collection = collections.first().context("an account has a collection")?;
    let listed = reader.get(&format!("/collections/{collection}/downloads?include=filtered&limit=1000")).await?;
    for row in rows(&listed).iter().step_by(20) {
        let id = row["id"].as_str().context("a download has an id")?;
        let detail = reader.get(&format!("/downloads/{id}")).await?;
        for (member, value) in row.as_object().into_iter().flatten() {
            ensure!(detail["data"][member] == *value, "{member} of {id}: {detail}");
        }
        let (items, first) = reader.all(&format!("/downloads/{id}/items")).await?;
        let asked = number(row, "/items/photos")? + number(row, "/items/videos")?;
        reader.same(&format!("items of {id}"), items.len() as u64, asked)?;
        let whole = row["status"] == "completed";
        let completed = number(&first, "/summary/completed")?;
        ensure!(!whole || completed == asked, "rule 50: {id} is completed, its items are not: {first}");
    }
    Ok(())
}

async fn compare(reader: &mut Reader, collections: &BTreeSet<u64>, listed: &[Value]) -> anyhow::Result<()> {
    if collections.len() < 2 {
        return Ok(());
    }
    let ids: Vec<String> = collections.iter().take(20).map(ToString::to_string).collect();
    let compared = reader.get(&format!("/analytics/compare?ids={}", ids.join(","))).await?;
    for row in rows(&compared) {
        let same = listed.iter().find(|other| other["collection"]["id"] == row["collection"]["id"]);
        let same = same.context("a compared collection is listed")?;
        for figure in FIGURES {
            let pointer = format!("/figures/{figure}");
            reader.same(&format!("compared {figure}"), number(row, &pointer)?, number(same, &pointer)?)?;
        }
    }
    Ok(())
}

/// Starred photos show the figures that their collections' lists do.
async fn starred(reader: &mut Reader) -> anyhow::Result<()> {
    let (photos, _) = reader.all("/photos/starred").await?;
    for photo in photos.iter().step_by(7) {
        let id = number(photo, "/photo/id")?;
        let collection = number(photo, "/photo/collection_id")?;
        let downloads = reader.get(&format!("/collections/{collection}/photo_downloads?media_id={id}")).await?;
        reader.same("rule 88", number(photo, "/downloads")?, number(&downloads, "/summary/downloads")?)?;
        let popular = reader.get(&format!("/collections/{collection}/analytics/popular?media_id={id}")).await?;
        let medium = rows(&popular).first().cloned().context("a starred photo is popular")?;
        for (left, right) in [
            ("/downloads", "/downloads"),
            ("/views", "/views"),
            ("/client_favorites", "/favorites"),
            ("/shares", "/shares"),
        ] {
            reader.same(&format!("{left} of {id}"), number(photo, left)?, number(&medium, right)?)?;
        }
        let stats = reader.get(&format!("/photos/{id}/stats")).await?;
        for figure in ["attempts", "downloads", "unique_downloads", "views", "plays", "favorites", "shares"] {
            let (of_stats, of_popular) = (format!("/data/{figure}"), format!("/{figure}"));
            let (left, right) = (number(&stats, &of_stats)?, number(&medium, &of_popular)?);
            reader.same(&format!("{figure} of {id}"), left, right)?;
        }
    }
    Ok(())
}
