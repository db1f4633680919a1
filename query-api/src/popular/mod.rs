//! `GET /collections/{id}/analytics/popular`: photos and videos of the collection, the most popular first.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::json::{Row, flag, number, number_of, text_of};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

/// A statement over the media that were touched.
macro_rules! over_media {
    ($($part:expr),+) => {
        concat!(
            include_str!("../favorites/current.sql"),
            include_str!("selection.sql"),
            include_str!("score.sql"),
            include_str!("ranked.sql"),
            $($part),+
        )
    };
}

const SUMMARY: &str = over_media!(include_str!("summary.sql"));

/// The list of popular media.
pub(crate) struct Popular;

impl Resource for Popular {
    const NAME: &'static str = "collection_popular";
    const ABOUT: &'static str = "Photos and videos of the collection, the most popular first.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD, MEDIA, &["by"]],
        words: &[("by", &["downloads", "unique_downloads", "views", "favorites", "shares", "score"])],
        sorts: &["popularity"],
        grain: Grain::Day,
    };
}

impl List for Popular {
    const COLUMNS: &'static [&'static str] = &[
        "media/id",
        "media/type",
        "media/gallery_id",
        "media/filename",
        "rank",
        "score",
        "attempts",
        "downloads",
        "unique_downloads",
        "views",
        "plays",
        "favorites",
        "shares",
    ];
    const PAGES: [&'static str; 2] = [
        over_media!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
        over_media!(include_str!("page.sql"), include_str!("../page/descending.sql")),
    ];
    type Shown = PopularMedium;
    type Members = Members;

    async fn show(_: &Store, _: &Selection, rows: &[Row]) -> Result<Vec<PopularMedium>, Problem> {
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let totals = store.row(SUMMARY, selection).await?;
        let summary = PopularSummary { media: number(&totals, "media_n"), figures: figures(&totals) };
        Ok(Summary { total: summary.media, members: Members { summary } })
    }
}

/// A photo or video and what was done with it in the period.
#[derive(Serialize, ToSchema)]
pub(crate) struct PopularMedium {
    media: Medium,
    /// Its place by what `by` names, from 1 on; equal ones by id (rule 109).
    rank: u64,
    /// From 0 to 1, by the formula of starred photos (rules 89 and 109).
    #[schema(example = 0.93)]
    score: f64,
    #[serde(flatten)]
    figures: MediumFigures,
}

/// The photo or video.
#[derive(Serialize, ToSchema)]
struct Medium {
    id: u64,
    /// `photo` or `video`; null when the catalogue does not know the medium (rule 95).
    #[serde(rename = "type")]
    kind: Option<String>,
    gallery_id: Option<u64>,
    #[schema(example = "DSC_0412.jpg")]
    filename: Option<String>,
}

/// What was done with media in the period, as far as rule 1 counts it.
#[derive(Serialize, ToSchema)]
struct MediumFigures {
    /// Deliveries, whatever became of them (rule 52).
    attempts: u64,
    /// Completed deliveries.
    downloads: u64,
    /// One per identity, medium, rendition and UTC day (rule 54).
    unique_downloads: u64,
    /// Photos viewed (rule 69).
    views: u64,
    /// Videos played (rule 69).
    plays: u64,
    /// Current favourites that were set in the period (rule 82).
    favorites: u64,
    /// Share links that were created in the period.
    shares: u64,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: PopularSummary,
}

/// All listed media together.
#[derive(Serialize, ToSchema)]
struct PopularSummary {
    /// How many media were touched.
    media: u64,
    #[serde(flatten)]
    figures: MediumFigures,
}

fn show(row: &Row) -> PopularMedium {
    let is_known = flag(row, "is_known");
    PopularMedium {
        media: Medium {
            id: number(row, "sort_number"),
            kind: text_of(row, "kind").filter(|_| is_known),
            gallery_id: number_of(row, "gallery_id").filter(|_| is_known),
            filename: text_of(row, "filename").filter(|_| is_known),
        },
        rank: number(row, "rank"),
        score: number(row, "score") as f64 / 1000.0,
        figures: figures(row),
    }
}

fn figures(row: &Row) -> MediumFigures {
    MediumFigures {
        attempts: number(row, "attempts_n"),
        downloads: number(row, "downloads_n"),
        unique_downloads: number(row, "unique_downloads_n"),
        views: number(row, "views_n"),
        plays: number(row, "plays_n"),
        favorites: number(row, "favorites_n"),
        shares: number(row, "shares_n"),
    }
}
