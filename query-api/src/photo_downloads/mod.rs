//! `GET /collections/{id}/photo_downloads`: every photo received, alone or in an archive.

use std::collections::BTreeMap;

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::changes::{self, Changes};
use crate::clients::{Client, Clients};
use crate::deliveries::{self, BySource, over_deliveries};
use crate::json::{Row, flag, number, number_of, text, text_of, time_of};
use crate::parameters::{Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

const BY_PHOTO: &str = over_deliveries!(include_str!("by_photo.sql"));
/// Completed deliveries by rendition and format.
pub(crate) const BY_RENDITION_AND_FORMAT: &str = over_deliveries!(include_str!("by_rendition_and_format.sql"));
/// Photos listed in `by_photo` (rule 56); the statement returns one more, to tell.
const BY_PHOTO_MAX: usize = 1_000;

/// The list of photo deliveries.
pub(crate) struct PhotoDownloads;

impl Resource for PhotoDownloads {
    const NAME: &'static str = "photo_downloads";
    const ABOUT: &'static str = "Every photo received, alone or inside an archive.";
    const SCOPE: Scope = Scope::DownloadsRead;
    const TAKES: Takes = deliveries::TAKES;
    const CHANGES: Changes = changes::DOWNLOADS;

    fn narrow(selection: &mut Selection) {
        selection.media_kind = "photo";
    }
}

impl List for PhotoDownloads {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "download_id",
        "status",
        "requested_at",
        "completed_at",
        "client/id",
        "client/email",
        "client/name",
        "client/identified_by",
        "photo/id",
        "photo/gallery_id",
        "photo/gallery_name",
        "photo/filename",
        "photo/download_count",
        "photo/unique_download_count",
        "file/rendition",
        "file/format",
        "file/width",
        "file/height",
        "file/size_bytes",
        "source",
        "destination",
        "pin_used",
        "link_id",
        "paid",
        "filter_reason",
    ];
    const PAGES: [&'static str; 2] = deliveries::PAGES;
    type Shown = PhotoDownload;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<PhotoDownload>, Problem> {
        let clients = Clients::of(store, selection.account, rows).await?;
        Ok(rows.iter().map(|row| show(row, &clients, selection)).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let (totals, by_photo, by_file) = tokio::try_join!(
            deliveries::totals(store, selection),
            store.rows(BY_PHOTO, selection),
            store.rows(BY_RENDITION_AND_FORMAT, selection),
        )?;
        let summary = PhotoSummary {
            attempts: number(&totals, "attempts"),
            downloads: number(&totals, "downloads"),
            unique_downloads: number(&totals, "unique_downloads"),
            photos: number(&totals, "media"),
            clients: number(&totals, "clients"),
            by_source: deliveries::by_source(&totals),
            by_photo: by_photo.iter().take(BY_PHOTO_MAX).map(photo_totals).collect(),
            by_rendition: grouped(&by_file, "rendition_text"),
            by_format: grouped(&by_file, "file_format"),
            by_photo_truncated: (by_photo.len() > BY_PHOTO_MAX).then_some(true),
        };
        Ok(Summary { total: number(&totals, "total"), members: Members { summary } })
    }
}

/// A photo that was asked for, alone or inside an archive.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhotoDownload {
    /// The delivery's id.
    #[schema(example = "dv_01a20dc0-4336-7183-8c4b-637918e8f926_731100688")]
    id: String,
    /// The action it belongs to.
    #[schema(format = "uuid")]
    download_id: String,
    /// What became of it (rules 45 to 51).
    status: String,
    /// The time inside `download_id` (rule 1).
    #[schema(format = DateTime)]
    requested_at: Option<String>,
    /// When its last missing byte had arrived (rule 41); null unless completed.
    #[schema(format = DateTime)]
    completed_at: Option<String>,
    /// Who asked; null for an anonymous actor (rule 14).
    client: Option<Client>,
    photo: Photo,
    file: PhotoFile,
    /// `single` or `archive`.
    source: String,
    /// Where it was sent: `device`, `email_link`, `dropbox`, `google_photos`, `google_drive` or `other`.
    destination: String,
    /// Whether a PIN was asked for and given.
    pin_used: bool,
    /// The share link it was asked through.
    link_id: Option<String>,
    /// Whether it was paid for.
    paid: bool,
    /// Why it does not count (rule 24); present only with `include=filtered`, null when it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    filter_reason: Option<Option<String>>,
}

/// The photo, with its figures in this selection.
#[derive(Serialize, ToSchema)]
struct Photo {
    id: u64,
    /// Null when the catalogue does not know the photo (rule 95).
    gallery_id: Option<u64>,
    gallery_name: Option<String>,
    #[schema(example = "DSC_0412.jpg")]
    filename: Option<String>,
    /// Completed deliveries of the photo in this selection.
    download_count: u64,
    /// Distinct identity, rendition and day among them (rule 55).
    unique_download_count: u64,
}

/// The file that was asked for.
#[derive(Serialize, ToSchema)]
struct PhotoFile {
    #[schema(example = "high_res")]
    rendition: String,
    /// Rule 58.
    #[schema(example = "jpeg")]
    format: String,
    /// In pixels (rule 60); null when unknown.
    width: Option<u64>,
    /// In pixels (rule 60); null when unknown.
    height: Option<u64>,
    size_bytes: u64,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: PhotoSummary,
}

/// All selected deliveries of photos.
#[derive(Serialize, ToSchema)]
struct PhotoSummary {
    /// Unfiltered deliveries, whatever became of them (rule 52).
    attempts: u64,
    /// Completed deliveries.
    downloads: u64,
    /// One per identity, photo, rendition and UTC day (rule 54).
    unique_downloads: u64,
    /// Distinct photos with a download.
    photos: u64,
    /// Distinct clients with a download (rule 13).
    clients: u64,
    by_source: BySource,
    /// Photos with a download, by `download_count` descending (rule 56).
    by_photo: Vec<PhotoTotals>,
    /// Downloads by rendition.
    by_rendition: BTreeMap<String, u64>,
    /// Downloads by format.
    by_format: BTreeMap<String, u64>,
    /// True when there are more photos than `by_photo` lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    by_photo_truncated: Option<bool>,
}

/// One photo's completed deliveries.
#[derive(Serialize, ToSchema)]
struct PhotoTotals {
    photo_id: u64,
    download_count: u64,
    unique_download_count: u64,
    /// `requested_at` of the first (rule 57).
    #[schema(format = DateTime)]
    first_at: Option<String>,
    /// `requested_at` of the last (rule 57).
    #[schema(format = DateTime)]
    last_at: Option<String>,
}

fn show(row: &Row, clients: &Clients, selection: &Selection) -> PhotoDownload {
    let (width, height) = deliveries::size(row);
    PhotoDownload {
        id: deliveries::id(row),
        download_id: text(row, "sort_id").to_owned(),
        status: text(row, "status").to_owned(),
        requested_at: time_of(row, "sort_at"),
        completed_at: time_of(row, "completed_at"),
        client: clients.show(row, "identified_by", selection),
        photo: Photo {
            id: number(row, "sort_number"),
            gallery_id: number_of(row, "gallery_id"),
            gallery_name: text_of(row, "gallery_name"),
            filename: text_of(row, "filename"),
            download_count: number(row, "download_count"),
            unique_download_count: number(row, "unique_download_count"),
        },
        file: PhotoFile {
            rendition: text(row, "rendition").to_owned(),
            format: text(row, "file_format").to_owned(),
            width,
            height,
            size_bytes: number(row, "size_bytes"),
        },
        source: text(row, "source").to_owned(),
        destination: text(row, "destination").to_owned(),
        pin_used: flag(row, "pin_used"),
        link_id: text_of(row, "link_id"),
        paid: flag(row, "paid"),
        filter_reason: selection.include_filtered.then(|| text_of(row, "filter_reason")),
    }
}

fn photo_totals(row: &Row) -> PhotoTotals {
    PhotoTotals {
        photo_id: number(row, "media_id"),
        download_count: number(row, "download_count"),
        unique_download_count: number(row, "unique_download_count"),
        first_at: time_of(row, "first_at"),
        last_at: time_of(row, "last_at"),
    }
}

/// Downloads by one of the columns they are grouped by; what has none is absent (rule 56).
pub(crate) fn grouped(rows: &[Row], column: &str) -> BTreeMap<String, u64> {
    let mut groups: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows {
        *groups.entry(text(row, column).to_owned()).or_default() += number(row, "downloads");
    }
    groups
}
