//! `GET /downloads/{download_id}/items`: the proof of delivery, medium by medium.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::changes::{self, Changes};
use crate::deliveries::{self, over_deliveries};
use crate::download;
use crate::json::{Row, name_of, number, number_of, text, time_of};
use crate::parameters::catalogue::PAGED;
use crate::parameters::{BY_PLACE, Grain, Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

const SUMMARY: &str = over_deliveries!(include_str!("../download_items/summary.sql"));

/// The list of the media of one action.
pub(crate) struct DownloadItems;

impl Resource for DownloadItems {
    const NAME: &'static str = "download_items";
    const ABOUT: &'static str = "The proof of delivery: what arrived of each medium of a download.";
    const SCOPE: Scope = Scope::DownloadsRead;
    const TAKES: Takes = Takes { groups: &[PAGED], words: &[], sorts: &[BY_PLACE], grain: Grain::Microsecond };
    const CHANGES: Changes = changes::DOWNLOADS;
    const NEEDS: Option<(&'static str, &'static str)> = Some(download::NEEDS);

    fn narrow(selection: &mut Selection) {
        download::only(selection);
    }
}

impl List for DownloadItems {
    const COLUMNS: &'static [&'static str] = &[
        "media/id",
        "media/type",
        "media/gallery_id",
        "media/gallery_name",
        "media/filename",
        "status",
        "completed_at",
        "file/rendition",
        "file/format",
        "file/size_bytes",
        "delivered_bytes",
        "percent",
    ];
    const PAGES: [&'static str; 2] = [
        over_deliveries!(include_str!("../download_items/page.sql"), include_str!("../page/ascending.sql")),
        over_deliveries!(include_str!("../download_items/page.sql"), include_str!("../page/descending.sql")),
    ];
    type Shown = DownloadItem;
    type Members = Members;

    async fn show(_: &Store, _: &Selection, rows: &[Row]) -> Result<Vec<DownloadItem>, Problem> {
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let totals = store.row(SUMMARY, selection).await?;
        let items = number(&totals, "total");
        let summary = DownloadItemsSummary {
            items,
            completed: number(&totals, "completed_n"),
            size_bytes: number(&totals, "size_n"),
            delivered_bytes: number(&totals, "delivered_n"),
        };
        Ok(Summary { total: items, members: Members { summary } })
    }
}

/// A photo or video of the download.
#[derive(Serialize, ToSchema)]
pub(crate) struct DownloadItem {
    media: ItemMedia,
    /// What became of it (rules 45 to 51).
    #[schema(example = "completed")]
    status: String,
    /// When its last missing byte had arrived (rule 41); null unless completed.
    #[schema(format = DateTime)]
    completed_at: Option<String>,
    file: ItemFile,
    /// Its bytes that were served, within an archive those of its place in it (rule 51).
    delivered_bytes: u64,
    /// Of the medium, rounded down to one decimal, so that 100 means complete (rule 42).
    #[schema(example = 100.0)]
    percent: f64,
}

/// The photo or video, as the catalogue has it now (rule 95).
#[derive(Serialize, ToSchema)]
struct ItemMedia {
    id: u64,
    /// `photo` or `video`, as it was asked for.
    #[serde(rename = "type")]
    #[schema(example = "photo")]
    kind: String,
    /// Null when the catalogue does not know the medium.
    gallery_id: Option<u64>,
    #[schema(example = "Ceremony")]
    gallery_name: Option<String>,
    #[schema(example = "DSC_0412.jpg")]
    filename: Option<String>,
}

/// The file that was asked for.
#[derive(Serialize, ToSchema)]
struct ItemFile {
    #[schema(example = "high_res")]
    rendition: String,
    /// Rule 58.
    #[schema(example = "jpeg")]
    format: String,
    size_bytes: u64,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: DownloadItemsSummary,
}

/// All media of the download.
#[derive(Serialize, ToSchema)]
struct DownloadItemsSummary {
    items: u64,
    /// Those that arrived whole.
    completed: u64,
    /// Of all files together.
    size_bytes: u64,
    /// Of all files together (rule 51).
    delivered_bytes: u64,
}

fn show(row: &Row) -> DownloadItem {
    DownloadItem {
        media: ItemMedia {
            id: number(row, "sort_number"),
            kind: text(row, "kind").to_owned(),
            gallery_id: number_of(row, "gallery_id"),
            gallery_name: name_of(row, "gallery_name"),
            filename: name_of(row, "filename"),
        },
        status: text(row, "status").to_owned(),
        completed_at: time_of(row, "completed_at"),
        file: ItemFile {
            rendition: text(row, "rendition").to_owned(),
            format: text(row, "file_format").to_owned(),
            size_bytes: number(row, "size_bytes"),
        },
        delivered_bytes: number(row, "delivered_bytes"),
        percent: deliveries::percent(row),
    }
}
