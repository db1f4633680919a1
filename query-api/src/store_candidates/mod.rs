//! `GET /insights/store_candidates`: photos worth offering as prints.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::NamedCollection;
use crate::json::{Row, flag, number, number_of, text_of, texts_of, time_of};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

/// A statement over the candidates.
macro_rules! over_candidates {
    ($($part:expr),+) => {
        concat!(
            include_str!("../favorites/current.sql"),
            include_str!("selection.sql"),
            include_str!("../photos_starred/ranked.sql"),
            $($part),+
        )
    };
}

const SUMMARY: &str = over_candidates!(include_str!("summary.sql"));
/// How many clients or downloaders make a candidate (rule 125).
const SEVERAL: u64 = 2;

/// The list of candidates.
pub(crate) struct StoreCandidates;

impl Resource for StoreCandidates {
    const NAME: &'static str = "insights_store_candidates";
    const ABOUT: &'static str = "Photos worth offering as prints: loved by several, and not paid for yet.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD, MEDIA],
        words: &[],
        sorts: &["score", "last_favorited_at"],
        grain: Grain::Microsecond,
    };
}

impl List for StoreCandidates {
    const COLUMNS: &'static [&'static str] = &[
        "photo/id",
        "photo/gallery_id",
        "photo/filename",
        "photo/tags",
        "collection/id",
        "collection/name",
        "favorites",
        "favorite_clients",
        "last_favorited_at",
        "downloads",
        "downloaders",
        "reasons",
        "score",
        "rank",
    ];
    const PAGES: [&'static str; 2] = [
        over_candidates!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
        over_candidates!(include_str!("page.sql"), include_str!("../page/descending.sql")),
    ];
    type Shown = StoreCandidate;
    type Members = Members;

    async fn show(_: &Store, _: &Selection, rows: &[Row]) -> Result<Vec<StoreCandidate>, Problem> {
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let totals = store.row(SUMMARY, selection).await?;
        let summary = StoreCandidatesSummary {
            candidates: number(&totals, "candidates_n"),
            collections: number(&totals, "collections_n"),
            several_clients: number(&totals, "several_clients_n"),
            favorite_and_downloaded: number(&totals, "downloaded_n"),
        };
        Ok(Summary { total: summary.candidates, members: Members { summary } })
    }
}

/// A photo worth offering as a print.
#[derive(Serialize, ToSchema)]
pub(crate) struct StoreCandidate {
    photo: CandidatePhoto,
    collection: NamedCollection,
    /// Its current favourites (rule 82).
    favorites: u64,
    /// Distinct clients among them (rule 125).
    favorite_clients: u64,
    /// When the latest of them was set.
    #[schema(format = DateTime)]
    last_favorited_at: Option<String>,
    /// Completed deliveries as `original` or `high_res`, alone or inside an archive (rule 125).
    downloads: u64,
    /// Distinct identities among them (rules 12 and 125).
    downloaders: u64,
    /// What makes it a candidate: `several_clients`, `favorite_and_downloaded` or both (rule 125).
    #[schema(example = json!(["several_clients"]))]
    reasons: Vec<&'static str>,
    /// From 0 to 1, among the selected photos (rule 126).
    score: f64,
    /// From 1 on, by score, then by the photo's id (rule 126).
    rank: u64,
}

/// The photo.
#[derive(Serialize, ToSchema)]
struct CandidatePhoto {
    /// The photo's id.
    id: u64,
    /// Null when the catalogue does not know the photo (rule 95).
    gallery_id: Option<u64>,
    /// Null when the catalogue does not know the photo (rule 95).
    #[schema(example = "DSC_0412.jpg")]
    filename: Option<String>,
    /// Null when the catalogue does not know the photo (rule 95).
    tags: Option<Vec<String>>,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: StoreCandidatesSummary,
}

/// All selected candidates; the last two may overlap.
#[derive(Serialize, ToSchema)]
struct StoreCandidatesSummary {
    /// Photos on all pages.
    candidates: u64,
    /// Collections they are of.
    collections: u64,
    /// Those that two or more clients favourited (rule 125).
    several_clients: u64,
    /// Those that two or more identities downloaded (rule 125).
    favorite_and_downloaded: u64,
}

fn show(row: &Row) -> StoreCandidate {
    let (favorite_clients, downloaders) = (number(row, "favorite_clients_n"), number(row, "downloaders_n"));
    let reasons = [("several_clients", favorite_clients), ("favorite_and_downloaded", downloaders)];
    StoreCandidate {
        photo: CandidatePhoto {
            id: number(row, "media_id"),
            gallery_id: number_of(row, "gallery_id"),
            filename: text_of(row, "filename"),
            tags: texts_of(row, "tags").filter(|_| flag(row, "is_known")),
        },
        collection: NamedCollection { id: number(row, "sort_number"), name: text_of(row, "collection_name") },
        favorites: number(row, "favorites_n"),
        favorite_clients,
        last_favorited_at: time_of(row, "favorited_us"),
        downloads: number(row, "downloads_n"),
        downloaders,
        reasons: reasons.into_iter().filter(|(_, count)| *count >= SEVERAL).map(|(reason, _)| reason).collect(),
        // Stored in thousandths.
        score: number(row, "score") as f64 / 1000.0,
        rank: number(row, "rank"),
    }
}
