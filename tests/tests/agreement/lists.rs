//! Kinds add up to all, filters partition, buckets of a summary sum to it.

use std::collections::BTreeSet;

use loupe_schemas::event::Rendition;
use serde_json::Value;

use loupe_tests::reader::{Reader, number, sum, sum_at};

const STATUSES: [&str; 7] = ["requested", "preparing", "in_progress", "completed", "partial", "failed", "abandoned"];

/// Checks the lists of a collection.
pub(crate) async fn check(reader: &mut Reader, collection: u64) -> anyhow::Result<()> {
    let path = |list: &str| format!("/collections/{collection}/{list}");
    let (_, downloads) = reader.all(&path("downloads")).await?;
    let (photo_rows, photos) = reader.all(&path("photo_downloads")).await?;
    let (_, videos) = reader.all(&path("gallery_video_downloads")).await?;
    let of = |answer: &Value, pointer: &str| number(answer, pointer);
    let all = of(&downloads, "/summary/downloads")?;
    reader.same("photo + video + archive", sum_at(&downloads, "/summary/by_type", "")?, all)?;
    let (attempts, total) = (of(&downloads, "/summary/attempts")?, of(&downloads, "/meta/total")?);
    reader.same("rule 52: attempts", attempts, total)?;
    reader.same("rule 56: by_status", sum_at(&downloads, "/summary/by_status", "")?, attempts)?;
    for (name, list, pointer) in
        [("photos", &photos, "/summary/deliveries/photos"), ("videos", &videos, "/summary/deliveries/videos")]
    {
        let received = of(list, "/summary/downloads")?;
        reader.same(&format!("rule 62: {name}"), of(&downloads, pointer)?, received)?;
        reader.same(&format!("{name} by source"), sum_at(list, "/summary/by_source", "")?, received)?;
        reader.same(
            &format!("rule 52: attempts of {name}"),
            of(list, "/summary/attempts")?,
            of(list, "/meta/total")?,
        )?;
    }
    let received = of(&photos, "/summary/downloads")?;
    for buckets in ["by_rendition", "by_format"] {
        reader.same(buckets, sum_at(&photos, &format!("/summary/{buckets}"), "")?, received)?;
    }
    reader.same("by_photo", sum_at(&photos, "/summary/by_photo", "/download_count")?, received)?;
    let unique = of(&photos, "/summary/unique_downloads")?;
    reader.same("rule 55: by_photo", sum_at(&photos, "/summary/by_photo", "/unique_download_count")?, unique)?;
    let attempts = of(&videos, "/summary/attempts")?;
    reader.same("rule 14: by_client", sum_at(&videos, "/summary/by_client", "/attempts")?, attempts)?;
    favorites(reader, &path("favorites")).await?;
    for list in ["downloads", "photo_downloads", "gallery_video_downloads"] {
        partition(reader, &path(list)).await?;
    }
    galleries(reader, &path("photo_downloads"), &photo_rows).await
}

async fn favorites(reader: &mut Reader, path: &str) -> anyhow::Result<()> {
    let (_, favorites) = reader.all(path).await?;
    let all = number(&favorites, "/summary/favorites")?;
    reader.same("rule 81: by_media", sum_at(&favorites, "/summary/by_media", "/favorite_count")?, all)?;
    reader.same("rule 81: by_client", sum_at(&favorites, "/summary/by_client", "/favorites")?, all)?;
    reader.same("current favourites", number(&favorites, "/meta/total")?, all)
}

/// Every value of a filter together lists what no filter does.
async fn partition(reader: &mut Reader, path: &str) -> anyhow::Result<()> {
    let whole = reader.get(path).await?;
    let middle = "2026-01-01T00:00:00Z".to_owned();
    let middle = whole["data"][whole["data"].as_array().map_or(0, |rows| rows.len() / 2)]["requested_at"]
        .as_str()
        .map_or(middle, ToOwned::to_owned);
    let halves = [format!("from={middle}"), format!("to={middle}")];
    let mut partitions = vec![
        ("status", STATUSES.map(|status| format!("status={status}")).to_vec()),
        ("rendition", Rendition::ALL.iter().map(|rendition| format!("rendition={}", rendition.as_str())).collect()),
        ("time", halves.to_vec()),
    ];
    if !path.ends_with("/downloads") {
        partitions.push(("source", vec!["source=single".to_owned(), "source=archive".to_owned()]));
    }
    for (name, parts) in partitions {
        let mut answers = Vec::new();
        for part in &parts {
            answers.push(reader.get(&format!("{path}?{part}")).await?);
        }
        for figure in ["/meta/total", "/summary/attempts", "/summary/downloads"] {
            let together = sum(&answers, figure)?;
            reader.same(&format!("{path} by {name}, {figure}"), together, number(&whole, figure)?)?;
        }
    }
    Ok(())
}

/// Galleries partition what the catalogue knows.
async fn galleries(reader: &mut Reader, path: &str, rows: &[Value]) -> anyhow::Result<()> {
    let gallery = |row: &Value| row["photo"]["gallery_id"].as_u64();
    let known: BTreeSet<u64> = rows.iter().filter_map(gallery).collect();
    for id in known {
        let answer = reader.get(&format!("{path}?gallery_id={id}")).await?;
        let listed = rows.iter().filter(|row| gallery(row) == Some(id)).count() as u64;
        reader.same(&format!("{path} of gallery {id}"), number(&answer, "/meta/total")?, listed)?;
    }
    Ok(())
}
