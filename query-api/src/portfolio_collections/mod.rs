//! `GET /analytics/collections`: every collection of the account with its figures.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::{self, Figures, NamedCollection, Totals, over_figures};
use crate::json::{Row, flag, number, text_of, time_of};
use crate::parameters::catalogue::{PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

/// The list of collections.
pub(crate) struct PortfolioCollections;

impl Resource for PortfolioCollections {
    const NAME: &'static str = "analytics_collections";
    const ABOUT: &'static str = "Every collection of the account with its figures.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD],
        words: &[],
        sorts: &[
            "downloads",
            "attempts",
            "unique_downloads",
            "transferred_bytes",
            "views",
            "visits",
            "link_opens",
            "favorites",
            "clients",
            "last_activity_at",
            "published_at",
            "name",
        ],
        grain: Grain::Day,
    };
}

impl List for PortfolioCollections {
    const COLUMNS: &'static [&'static str] = &[
        "collection/id",
        "collection/name",
        "published_at",
        "is_active",
        "first_activity_at",
        "last_activity_at",
        "figures/visits",
        "figures/views",
        "figures/plays",
        "figures/link_opens",
        "figures/favorites",
        "figures/attempts",
        "figures/downloads",
        "figures/by_type/photo",
        "figures/by_type/video",
        "figures/by_type/archive",
        "figures/unique_downloads",
        "figures/deliveries/photos",
        "figures/deliveries/videos",
        "figures/transferred_bytes",
        "figures/clients",
    ];
    const PAGES: [&'static str; 2] = [
        over_figures!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
        over_figures!(include_str!("page.sql"), include_str!("../page/descending.sql")),
    ];
    type Shown = PortfolioCollection;
    type Members = Members;

    async fn show(_: &Store, _: &Selection, rows: &[Row]) -> Result<Vec<PortfolioCollection>, Problem> {
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let summary = figures::total(store, selection).await?;
        Ok(Summary { total: summary.collections, members: Members { summary } })
    }
}

/// A collection with its figures.
#[derive(Serialize, ToSchema)]
pub(crate) struct PortfolioCollection {
    collection: NamedCollection,
    /// When it was published (rule 92); null when the catalogue never knew it.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    /// Whether it has a counted deed in the period (rule 115).
    is_active: bool,
    /// The first counted deed on the days of the period (rule 115).
    #[schema(format = DateTime)]
    first_activity_at: Option<String>,
    /// The last counted deed on the days of the period (rule 115).
    #[schema(format = DateTime)]
    last_activity_at: Option<String>,
    figures: Figures,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    /// All collections together.
    summary: Totals,
}

fn show(row: &Row) -> PortfolioCollection {
    PortfolioCollection {
        collection: NamedCollection { id: number(row, "collection_id"), name: text_of(row, "collection_name") },
        published_at: time_of(row, "published_us"),
        is_active: flag(row, "is_active"),
        first_activity_at: time_of(row, "first_us"),
        last_activity_at: time_of(row, "last_us"),
        figures: Figures::of(row),
    }
}
