//! The account against its collections.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::reader::{Reader, number, rows, sum};

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
    starred(reader).await
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
    }
    Ok(())
}
