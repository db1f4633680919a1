//! `GET /collections/{id}/clients`: who did what in the collection.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clients::{Client, Clients};
use crate::json::{Row, number, time_of};
use crate::parameters::catalogue::{PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

/// A statement over the clients of a collection.
macro_rules! over_clients {
    ($($part:expr),+) => { concat!(include_str!("../favorites/current.sql"), include_str!("selection.sql"), $($part),+) };
}

const SUMMARY: &str = over_clients!(include_str!("summary.sql"));

/// The list of clients.
pub(crate) struct CollectionClients;

impl Resource for CollectionClients {
    const NAME: &'static str = "collection_clients";
    const ABOUT: &'static str =
        "Every client of the collection, and all anonymous visitors together, with what they did.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD, &["client_id"]],
        words: &[],
        sorts: &["last_at", "first_at", "visits", "views", "favorites", "attempts", "downloads"],
        grain: Grain::Day,
    };
}

impl List for CollectionClients {
    const COLUMNS: &'static [&'static str] = &[
        "client/id",
        "client/email",
        "client/name",
        "client/identified_by",
        "first_at",
        "last_at",
        "visits",
        "views",
        "plays",
        "link_opens",
        "favorites",
        "attempts",
        "downloads",
        "unique_downloads",
        "deliveries",
    ];
    const PAGES: [&'static str; 2] = [
        over_clients!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
        over_clients!(include_str!("page.sql"), include_str!("../page/descending.sql")),
    ];
    type Shown = CollectionClient;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<CollectionClient>, Problem> {
        let clients = Clients::of(store, selection.account, rows).await?;
        let show = |row: &Row| CollectionClient {
            client: clients.show(row, "known_by", selection),
            first_at: time_of(row, "first_us"),
            last_at: time_of(row, "last_us"),
            deeds: deeds(row),
        };
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let totals = store.row(SUMMARY, selection).await?;
        let summary = CollectionClientsSummary { clients: number(&totals, "clients_n"), deeds: deeds(&totals) };
        Ok(Summary { total: number(&totals, "total"), members: Members { summary } })
    }
}

/// A client, or all anonymous actors together, and what they did in the period (rule 110).
#[derive(Serialize, ToSchema)]
pub(crate) struct CollectionClient {
    /// Null for all anonymous actors together (rule 14).
    client: Option<Client>,
    /// Their first counted deed on the days of the period.
    #[schema(format = DateTime)]
    first_at: Option<String>,
    /// Their last counted deed on the days of the period.
    #[schema(format = DateTime)]
    last_at: Option<String>,
    #[serde(flatten)]
    deeds: Deeds,
}

/// What was done in the period, as far as rule 1 counts it.
#[derive(Serialize, ToSchema)]
struct Deeds {
    /// Visits (rule 69).
    visits: u64,
    /// Photos viewed (rule 69).
    views: u64,
    /// Videos played (rule 69).
    plays: u64,
    /// Counted opens of share links (rules 30 and 69).
    link_opens: u64,
    /// Current favourites that were set in the period (rule 82).
    favorites: u64,
    /// Download actions, whatever became of them (rule 52).
    attempts: u64,
    /// Completed download actions.
    downloads: u64,
    /// One per identity, set of media, rendition and UTC day (rule 54).
    unique_downloads: u64,
    /// Photos and videos received, alone or in an archive.
    deliveries: u64,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: CollectionClientsSummary,
}

/// Everybody together.
#[derive(Serialize, ToSchema)]
struct CollectionClientsSummary {
    /// Distinct clients; anonymous actors are none (rule 13).
    clients: u64,
    #[serde(flatten)]
    deeds: Deeds,
}

fn deeds(row: &Row) -> Deeds {
    Deeds {
        visits: number(row, "visits_n"),
        views: number(row, "views_n"),
        plays: number(row, "plays_n"),
        link_opens: number(row, "opens_n"),
        favorites: number(row, "favorites_n"),
        attempts: number(row, "attempts_n"),
        downloads: number(row, "downloads_n"),
        unique_downloads: number(row, "unique_downloads_n"),
        deliveries: number(row, "deliveries_n"),
    }
}
