//! Analytics of a collection against its lists.

use anyhow::ensure;
use serde_json::Value;

use loupe_tests::reader::{Reader, number, rows, sum};

const INTERVALS: [&str; 4] = ["hour", "day", "week", "month"];
/// Zones with offsets of whole, half and quarter hours, on both sides of UTC and of the date line.
const ZONES: [&str; 7] = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
];

/// Checks the reports on a collection.
pub(crate) async fn check(reader: &mut Reader, collection: u64) -> anyhow::Result<()> {
    let path = |rest: &str| format!("/collections/{collection}/{rest}");
    let analytics = reader.get(&path("analytics")).await?;
    let totals = &analytics["data"]["totals"];
    let downloads = reader.get(&path("downloads")).await?;
    for (figure, pointer) in [
        ("attempts", "/summary/attempts"),
        ("downloads", "/summary/downloads"),
        ("by_type/photo", "/summary/by_type/photo"),
        ("by_type/video", "/summary/by_type/video"),
        ("by_type/archive", "/summary/by_type/archive"),
        ("unique_downloads", "/summary/unique_downloads"),
        ("deliveries/photos", "/summary/deliveries/photos"),
        ("deliveries/videos", "/summary/deliveries/videos"),
        ("transferred_bytes", "/summary/bandwidth/transferred_bytes"),
    ] {
        let found = number(totals, &format!("/{figure}"))?;
        reader.same(
            &format!("{collection}: {figure} of analytics and downloads"),
            found,
            number(&downloads, pointer)?,
        )?;
    }
    let favorites = reader.get(&path("favorites")).await?;
    reader.same("favorites", number(totals, "/favorites")?, number(&favorites, "/summary/favorites")?)?;
    let links = reader.get(&path("photo_sharing_links")).await?;
    reader.same("link_opens", number(totals, "/link_opens")?, number(&links, "/summary/opens")?)?;
    funnel(&analytics)?;
    series(reader, &path("analytics/timeseries"), totals).await?;
    popular(reader, collection, totals).await?;
    clients(reader, collection, totals).await
}

/// The clients of a collection, anonymous actors among them, sum to its figures.
async fn clients(reader: &mut Reader, collection: u64, totals: &Value) -> anyhow::Result<()> {
    let (listed, first) = reader.all(&format!("/collections/{collection}/clients")).await?;
    for figure in ["visits", "views", "plays", "link_opens", "favorites", "attempts", "downloads", "unique_downloads"] {
        let pointer = format!("/{figure}");
        reader.same(&format!("clients' {figure}"), sum(&listed, &pointer)?, number(totals, &pointer)?)?;
    }
    let received = number(totals, "/deliveries/photos")? + number(totals, "/deliveries/videos")?;
    reader.same("clients' deliveries", sum(&listed, "/deliveries")?, received)?;
    reader.same("clients", number(&first, "/summary/clients")?, number(totals, "/clients")?)?;
    let named = listed.iter().filter_map(|row| row["client"]["id"].as_str());
    for client in named.take(2) {
        let timeline = reader.get(&format!("/collections/{collection}/clients/{client}/timeline?limit=1000")).await?;
        let row = listed.iter().find(|row| row["client"]["id"] == client).cloned().unwrap_or_default();
        let looked = rows(&timeline).iter().filter(|entry| entry["type"] == "looked").cloned().collect::<Vec<_>>();
        for figure in ["/visits", "/views", "/plays", "/link_opens"] {
            reader.same(&format!("timeline {figure}"), sum(&looked, figure)?, number(&row, figure)?)?;
        }
        let downloaded = number(&timeline, "/summary/downloaded")?;
        reader.same("timeline attempts", downloaded, number(&row, "/attempts")?)?;
    }
    Ok(())
}

fn funnel(analytics: &Value) -> anyhow::Result<()> {
    let steps = analytics["data"]["funnel"].as_array().cloned().unwrap_or_default();
    let identities: Vec<u64> = steps.iter().filter_map(|step| step["identities"].as_u64()).collect();
    ensure!(
        identities.len() == 4 && identities.is_sorted_by(|before, after| before >= after),
        "rule 106: {identities:?}"
    );
    Ok(())
}

/// Every metric sums to its total in every interval, each in another zone, and buckets tile.
async fn series(reader: &mut Reader, path: &str, totals: &Value) -> anyhow::Result<()> {
    // Seven zones and four intervals: every pair comes.
    let mut zones = ZONES.into_iter().cycle();
    for (metric, figure) in [
        ("downloads", "/downloads"),
        ("unique_downloads", "/unique_downloads"),
        ("attempts", "/attempts"),
        ("photo_downloads", "/by_type/photo"),
        ("video_downloads", "/by_type/video"),
        ("archive_downloads", "/by_type/archive"),
        ("photo_deliveries", "/deliveries/photos"),
        ("video_deliveries", "/deliveries/videos"),
        ("transferred_bytes", "/transferred_bytes"),
        ("visits", "/visits"),
        ("views", "/views"),
        ("plays", "/plays"),
        ("link_opens", "/link_opens"),
        ("favorites", "/favorites"),
    ] {
        for interval in INTERVALS {
            let zone = zones.next().unwrap_or("UTC");
            let query = format!("metric={metric}&interval={interval}&tz={zone}");
            let answer = reader.get(&format!("{path}?{query}")).await?;
            let buckets = rows(&answer);
            reader.same(&query, sum(buckets, "/value")?, number(&answer, "/summary/total")?)?;
            reader.same(&query, number(&answer, "/summary/total")?, number(totals, figure)?)?;
            let are_tiled = buckets.windows(2).all(|pair| pair[0]["end"] == pair[1]["start"]);
            ensure!(are_tiled, "rule 107: {query}: {answer}");
        }
    }
    Ok(())
}

/// Media by popularity sum to the collection's figures, and each has those of the list of photos.
async fn popular(reader: &mut Reader, collection: u64, totals: &Value) -> anyhow::Result<()> {
    let path = format!("/collections/{collection}/analytics/popular");
    for by in ["downloads", "score"] {
        let (media, first) = reader.all(&format!("{path}?by={by}")).await?;
        let received = number(totals, "/deliveries/photos")? + number(totals, "/deliveries/videos")?;
        reader.same("popular downloads", sum(&media, "/downloads")?, received)?;
        for (figure, total) in [("views", "/views"), ("plays", "/plays"), ("favorites", "/favorites")] {
            reader.same(&format!("popular {figure}"), sum(&media, &format!("/{figure}"))?, number(totals, total)?)?;
            let summary = number(&first, &format!("/summary/{figure}"))?;
            reader.same(&format!("popular summary {figure}"), summary, number(totals, total)?)?;
        }
        let values: Vec<f64> = media.iter().filter_map(|row| row[by].as_f64()).collect();
        ensure!(values.is_sorted_by(|before, after| before >= after), "rule 109: {by}: {values:?}");
    }
    Ok(())
}
