//! The figures of a collection in whole UTC days, as one type and one statement, so that the portfolio, its list and its
//! comparison cannot differ (rules 114 and 115).

use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::json::{Row, number};
use crate::parameters::Selection;
use crate::store::Store;

/// A statement over the figures of collections.
macro_rules! over_figures {
    ($($part:expr),+) => { concat!(
        include_str!("../favorites/current.sql"),
        include_str!("../collection/published.sql"),
        include_str!("../figures/selection.sql"),
        $($part),+
    ) };
}
pub(crate) use over_figures;

const TOTAL: &str = over_figures!(include_str!("total.sql"));

/// All selected collections together.
pub(crate) async fn total(store: &Store, selection: &Selection) -> Result<Totals, Problem> {
    let row = store.row(TOTAL, selection).await?;
    Ok(Totals {
        collections: number(&row, "collections_n"),
        active_collections: number(&row, "active_n"),
        figures: Figures::of(&row),
    })
}

/// Collections taken together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Totals {
    /// How many collections there are now, whatever the period (rule 115).
    pub(crate) collections: u64,
    /// Those with a counted deed in the period (rule 115).
    pub(crate) active_collections: u64,
    pub(crate) figures: Figures,
}

/// What happened in the period, filtered traffic left out (rule 114).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Figures {
    /// Visits (rules 7 and 69).
    pub(crate) visits: u64,
    /// Photos viewed (rules 7 and 69).
    pub(crate) views: u64,
    /// Videos played (rules 7 and 69).
    pub(crate) plays: u64,
    /// Counted opens of share links (rules 30 and 69).
    pub(crate) link_opens: u64,
    /// Current favourites that were set in the period (rules 2 and 82).
    pub(crate) favorites: u64,
    /// Download actions, whatever became of them, as on the list of downloads (rule 52).
    pub(crate) attempts: u64,
    /// Completed download actions, as on the list of downloads.
    pub(crate) downloads: u64,
    pub(crate) by_type: FiguresByType,
    /// One per identity, set of media, rendition and UTC day of a collection (rule 54).
    pub(crate) unique_downloads: u64,
    pub(crate) deliveries: FiguresDeliveries,
    /// Bytes sent to unfiltered download actions (rule 36).
    pub(crate) transferred_bytes: u64,
    /// Distinct clients with a counted deed (rule 115).
    pub(crate) clients: u64,
}

/// Completed download actions by what they were for; they add up to `downloads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FiguresByType {
    /// Of one photo.
    pub(crate) photo: u64,
    /// Of one video.
    pub(crate) video: u64,
    /// Of several media at once.
    pub(crate) archive: u64,
}

/// Completed deliveries, alone or inside an archive, as on the lists of photos and videos received (rule 62).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FiguresDeliveries {
    /// Of photos.
    pub(crate) photos: u64,
    /// Of videos.
    pub(crate) videos: u64,
}

impl Figures {
    /// The figures of a row of a statement over figures.
    pub(crate) fn of(row: &Row) -> Self {
        Self {
            visits: number(row, "visits_n"),
            views: number(row, "views_n"),
            plays: number(row, "plays_n"),
            link_opens: number(row, "opens_n"),
            favorites: number(row, "favorites_n"),
            attempts: number(row, "attempts_n"),
            downloads: number(row, "downloads_n"),
            by_type: FiguresByType {
                photo: number(row, "photo_downloads_n"),
                video: number(row, "video_downloads_n"),
                archive: number(row, "archive_downloads_n"),
            },
            unique_downloads: number(row, "unique_downloads_n"),
            deliveries: FiguresDeliveries { photos: number(row, "photos_n"), videos: number(row, "videos_n") },
            transferred_bytes: number(row, "transferred_bytes_n"),
            clients: number(row, "clients_n"),
        }
    }

    /// `of` each figure and the same figure of `other`.
    pub(crate) fn with(&self, other: &Self, of: impl Fn(u64, u64) -> Option<f64>) -> Ratios {
        Ratios {
            visits: of(self.visits, other.visits),
            views: of(self.views, other.views),
            plays: of(self.plays, other.plays),
            link_opens: of(self.link_opens, other.link_opens),
            favorites: of(self.favorites, other.favorites),
            attempts: of(self.attempts, other.attempts),
            downloads: of(self.downloads, other.downloads),
            by_type: RatiosByType {
                photo: of(self.by_type.photo, other.by_type.photo),
                video: of(self.by_type.video, other.by_type.video),
                archive: of(self.by_type.archive, other.by_type.archive),
            },
            unique_downloads: of(self.unique_downloads, other.unique_downloads),
            deliveries: RatiosDeliveries {
                photos: of(self.deliveries.photos, other.deliveries.photos),
                videos: of(self.deliveries.videos, other.deliveries.videos),
            },
            transferred_bytes: of(self.transferred_bytes, other.transferred_bytes),
            clients: of(self.clients, other.clients),
        }
    }
}

/// One ratio for each figure, null where the divisor is 0 (rule 61).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Ratios {
    /// Of `visits`.
    visits: Option<f64>,
    /// Of `views`.
    views: Option<f64>,
    /// Of `plays`.
    plays: Option<f64>,
    /// Of `link_opens`.
    link_opens: Option<f64>,
    /// Of `favorites`.
    favorites: Option<f64>,
    /// Of `attempts`.
    attempts: Option<f64>,
    /// Of `downloads`.
    downloads: Option<f64>,
    by_type: RatiosByType,
    /// Of `unique_downloads`.
    unique_downloads: Option<f64>,
    deliveries: RatiosDeliveries,
    /// Of `transferred_bytes`.
    transferred_bytes: Option<f64>,
    /// Of `clients`.
    clients: Option<f64>,
}

/// One ratio for each type of download action.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct RatiosByType {
    /// Of one photo.
    photo: Option<f64>,
    /// Of one video.
    video: Option<f64>,
    /// Of several media at once.
    archive: Option<f64>,
}

/// One ratio for each kind of medium received.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct RatiosDeliveries {
    /// Of photos.
    photos: Option<f64>,
    /// Of videos.
    videos: Option<f64>,
}

/// A collection as these answers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct NamedCollection {
    /// The collection's id.
    #[schema(example = 90_516_387)]
    pub(crate) id: u64,
    /// Null when the catalogue does not know the collection (rule 95).
    #[schema(example = "Smith Wedding")]
    pub(crate) name: Option<String>,
}
