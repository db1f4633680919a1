//! `GET /collections/{id}/gallery_video_downloads`: every film received, how far, and by which byte ranges.

use std::collections::HashMap;

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::changes::{self, Changes};
use crate::clients::{Client, Clients};
use crate::deliveries::{self, BySource, over_deliveries};
use crate::history::{self, Segment};
use crate::json::{Row, name_of, number, number_of, quotient, text, text_of, time_of};
use crate::parameters::{Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

const BY_CLIENT: &str = over_deliveries!(include_str!("by_client.sql"));

/// The list of video deliveries.
pub(crate) struct GalleryVideoDownloads;

impl Resource for GalleryVideoDownloads {
    const NAME: &'static str = "gallery_video_downloads";
    const ABOUT: &'static str = "Every film received: how far, and by which byte ranges.";
    const SCOPE: Scope = Scope::DownloadsRead;
    const TAKES: Takes = deliveries::TAKES;
    const CHANGES: Changes = changes::DOWNLOADS;

    fn narrow(selection: &mut Selection) {
        selection.media_kind = "video";
    }
}

impl List for GalleryVideoDownloads {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "download_id",
        "source",
        "status",
        "requested_at",
        "client/id",
        "client/email",
        "client/name",
        "client/identified_by",
        "video/id",
        "video/gallery_id",
        "video/filename",
        "video/duration_seconds",
        "video/width",
        "video/height",
        "video/codec",
        "video/container",
        "video/download_count",
        "file/rendition",
        "file/format",
        "file/size_bytes",
        "completion/complete",
        "completion/percent",
        "completion/delivered_bytes",
        "completion/resumes",
        "completion/last_activity_at",
        "history",
        "filter_reason",
    ];
    const PAGES: [&'static str; 2] = deliveries::PAGES;
    type Shown = VideoDownload;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<VideoDownload>, Problem> {
        let ids: Vec<String> = rows.iter().map(|row| text(row, "sort_id").to_owned()).collect();
        let (clients, histories) = tokio::try_join!(
            Clients::of(store, selection.account, rows),
            store.by_download(history::SQL, selection, &ids)
        )?;
        let histories: HashMap<&str, &Row> = histories.iter().map(|row| (text(row, "download_text"), row)).collect();
        let show = |row: &Row| {
            let history =
                histories.get(text(row, "sort_id")).map_or_else(Vec::new, |history| history::segments(history));
            show(row, history, &clients, selection)
        };
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let (totals, by_client) =
            tokio::try_join!(deliveries::totals(store, selection), store.rows(BY_CLIENT, selection))?;
        let clients = Clients::of(store, selection.account, &by_client).await?;
        let client_totals = |row: &Row| VideoClientTotals {
            client: clients.show(row, "last_identified_by", selection),
            attempts: number(row, "attempts"),
            downloads: number(row, "downloads"),
        };
        let (attempts, downloads) = (number(&totals, "attempts"), number(&totals, "downloads"));
        let summary = VideoSummary {
            attempts,
            downloads,
            unique_downloads: number(&totals, "unique_downloads"),
            completion_rate: quotient(downloads, attempts),
            by_source: deliveries::by_source(&totals),
            by_client: by_client.iter().map(client_totals).collect(),
        };
        Ok(Summary { total: number(&totals, "total"), members: Members { summary } })
    }
}

/// A video that was asked for, alone or inside an archive.
#[derive(Serialize, ToSchema)]
pub(crate) struct VideoDownload {
    /// The delivery's id.
    #[schema(example = "dv_01a20dc0-4336-7183-8c4b-637918e8f926_88120031")]
    id: String,
    /// The action it belongs to.
    #[schema(format = "uuid")]
    download_id: String,
    /// `single` or `archive`.
    #[schema(example = "single")]
    source: String,
    /// What became of it (rules 45 to 51).
    #[schema(example = "partial")]
    status: String,
    /// The time inside `download_id` (rule 1).
    #[schema(format = DateTime)]
    requested_at: Option<String>,
    /// Who asked; null for an anonymous actor (rule 14).
    client: Option<Client>,
    video: Video,
    file: VideoFile,
    completion: Completion,
    /// The unfiltered responses of the action, in the order of their ends.
    history: Vec<Segment>,
    /// Why it does not count (rule 24); present only with `include=filtered`, null when it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    filter_reason: Option<Option<String>>,
}

/// The video, as the catalogue has it now (rule 95), with its figure in this selection.
#[derive(Serialize, ToSchema)]
struct Video {
    id: u64,
    /// Null when the catalogue does not know the video.
    gallery_id: Option<u64>,
    #[schema(example = "film.mp4")]
    filename: Option<String>,
    duration_seconds: Option<f64>,
    /// In pixels.
    width: Option<u64>,
    /// In pixels.
    height: Option<u64>,
    #[schema(example = "h264")]
    codec: Option<String>,
    #[schema(example = "mp4")]
    container: Option<String>,
    /// Completed deliveries of the video in this selection.
    download_count: u64,
}

/// The file that was asked for.
#[derive(Serialize, ToSchema)]
struct VideoFile {
    #[schema(example = "video_original")]
    rendition: String,
    /// Rule 58.
    #[schema(example = "mp4")]
    format: String,
    size_bytes: u64,
}

/// How much of it arrived.
#[derive(Serialize, ToSchema)]
struct Completion {
    complete: bool,
    /// Rounded down to one decimal, so that 100 means complete (rule 42).
    #[schema(example = 61.4)]
    percent: f64,
    /// Distinct bytes that were served (rules 2 and 51).
    delivered_bytes: u64,
    /// Unfiltered 206 responses that began after byte 0 (rule 43).
    resumes: u64,
    /// Rule 46.
    #[schema(format = DateTime)]
    last_activity_at: Option<String>,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: VideoSummary,
}

/// All selected deliveries of videos.
#[derive(Serialize, ToSchema)]
struct VideoSummary {
    /// Unfiltered deliveries, whatever became of them (rule 52).
    attempts: u64,
    /// Completed deliveries.
    downloads: u64,
    /// One per identity, video, rendition and UTC day (rule 54).
    unique_downloads: u64,
    /// `downloads` ÷ `attempts` (rule 61).
    completion_rate: Option<f64>,
    by_source: BySource,
    by_client: Vec<VideoClientTotals>,
}

/// The deliveries of one client, or of all anonymous actors (rule 14).
#[derive(Serialize, ToSchema)]
struct VideoClientTotals {
    client: Option<Client>,
    /// Unfiltered deliveries, whatever became of them (rule 52).
    attempts: u64,
    /// Completed deliveries.
    downloads: u64,
}

fn show(row: &Row, history: Vec<Segment>, clients: &Clients, selection: &Selection) -> VideoDownload {
    VideoDownload {
        id: deliveries::id(row),
        download_id: text(row, "sort_id").to_owned(),
        source: text(row, "source").to_owned(),
        status: text(row, "status").to_owned(),
        requested_at: time_of(row, "sort_at"),
        client: clients.show(row, "identified_by", selection),
        video: Video {
            id: number(row, "sort_number"),
            gallery_id: number_of(row, "gallery_id"),
            filename: name_of(row, "filename"),
            duration_seconds: row.get("duration_seconds").and_then(Value::as_f64),
            width: number_of(row, "width"),
            height: number_of(row, "height"),
            codec: name_of(row, "codec"),
            container: name_of(row, "container"),
            download_count: number(row, "download_count"),
        },
        file: VideoFile {
            rendition: text(row, "rendition").to_owned(),
            format: text(row, "file_format").to_owned(),
            size_bytes: number(row, "size_bytes"),
        },
        completion: Completion {
            complete: text(row, "status") == "completed",
            percent: deliveries::percent(row),
            delivered_bytes: number(row, "delivered_bytes"),
            resumes: number(row, "resumes"),
            last_activity_at: time_of(row, "last_activity_at"),
        },
        history,
        filter_reason: selection.include_filtered.then(|| text_of(row, "filter_reason")),
    }
}
