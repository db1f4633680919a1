//! `GET /collections/{id}/favorites`: who chose which medium for which list, and what was said of it.

mod names;

use axum::response::Response;
use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clients::{Client, Clients};
use crate::json::{Row, name_of, number, number_of, text, text_of, time_of};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{FileNames, List, Resource, Summary};
use crate::store::Store;

/// A statement over the selected favourites.
macro_rules! over_favorites {
    ($($part:expr),+) => { concat!(include_str!("selection.sql"), $($part),+) };
}

const PAGES: [&str; 2] = [
    over_favorites!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
    over_favorites!(include_str!("page.sql"), include_str!("../page/descending.sql")),
];
const SUMMARY: &str = over_favorites!(include_str!("summary.sql"));
const BY_MEDIA: &str = over_favorites!(include_str!("by_media.sql"));
const BY_CLIENT: &str = over_favorites!(include_str!("by_client.sql"));

const NAMES: &str = over_favorites!(include_str!("names.sql"));
/// Beside the tables, file names for the programs in which photographers look for them (rule 129).
const FORMATS: [&str; 9] = ["json", "csv", "ndjson", "parquet", "lightroom", "capture_one", "finder", "txt", "xmp"];

/// The list of favourites.
pub(crate) struct Favorites;

impl Resource for Favorites {
    const NAME: &'static str = "favorites";
    const ABOUT: &'static str = "Who chose which medium for which list, and what was said of it.";
    const SCOPE: Scope = Scope::FavoritesRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD, MEDIA, &["client_id", "state"]],
        words: &[("state", &["current", "all"]), ("format", &FORMATS)],
        sorts: &["favorited_at"],
        grain: Grain::Microsecond,
    };
}

impl List for Favorites {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "list/id",
        "list/name",
        "list/status",
        "list/submitted_at",
        "list/selected",
        "list/max_selections",
        "client/id",
        "client/email",
        "client/name",
        "client/identified_by",
        "media/type",
        "media/id",
        "media/gallery_id",
        "media/filename",
        "media/favorite_count",
        "favorited_at",
        "removed_at",
        "note",
    ];
    const PAGES: [&'static str; 2] = PAGES;
    type Shown = Favorite;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<Favorite>, Problem> {
        let clients = Clients::of(store, selection.account, rows).await?;
        Ok(rows.iter().map(|row| show(row, &clients, selection)).collect())
    }

    async fn names(store: &Store, selection: &Selection, form: FileNames) -> Result<Response, Problem> {
        names::answer(store, selection, form).await
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let (totals, by_media, by_client) = tokio::try_join!(
            store.row(SUMMARY, selection),
            store.rows(BY_MEDIA, selection),
            store.rows(BY_CLIENT, selection),
        )?;
        let clients = Clients::of(store, selection.account, &by_client).await?;
        let summary = FavoritesSummary {
            favorites: number(&totals, "favorites_n"),
            clients: number(&totals, "clients_n"),
            lists: number(&totals, "lists_n"),
            by_media: by_media.iter().map(media_totals).collect(),
            by_client: by_client.iter().map(|row| client_totals(row, &clients, selection)).collect(),
        };
        Ok(Summary { total: number(&totals, "total"), members: Members { summary } })
    }
}

/// A photo or video on a list of favourites.
#[derive(Serialize, ToSchema)]
pub(crate) struct Favorite {
    #[schema(example = "fv_fl_2_731100245")]
    id: String,
    list: FavoriteList,
    /// Who set it last; null for an anonymous actor (rules 14 and 82).
    client: Option<Client>,
    media: FavoriteMedia,
    /// When it was set last (rule 82).
    #[schema(format = DateTime)]
    favorited_at: Option<String>,
    /// When it was taken back last; null while it is current (rule 82).
    #[schema(format = DateTime)]
    removed_at: Option<String>,
    /// What the client wrote about it (rule 86); null once the client is erased.
    #[schema(example = "Please brighten")]
    note: Option<String>,
}

/// The list it is on.
#[derive(Serialize, ToSchema)]
struct FavoriteList {
    #[schema(example = "fl_2")]
    id: String,
    /// Null for a list that was never created (rule 85).
    #[schema(example = "Album picks")]
    name: Option<String>,
    /// `open` or `submitted` (rule 85).
    #[schema(example = "submitted")]
    status: &'static str,
    /// Null unless submitted (rule 85).
    #[schema(format = DateTime)]
    submitted_at: Option<String>,
    /// Current favourites of the list, whatever the filters (rule 85).
    selected: u64,
    /// How many the list takes; null without a limit.
    max_selections: Option<u64>,
}

/// The photo or video.
#[derive(Serialize, ToSchema)]
struct FavoriteMedia {
    /// `photo` or `video`.
    #[serde(rename = "type")]
    #[schema(example = "photo")]
    kind: String,
    id: u64,
    /// Null when the catalogue does not know the medium (rule 95).
    gallery_id: Option<u64>,
    #[schema(example = "DSC_0412.jpg")]
    filename: Option<String>,
    /// Current favourites of the medium in this selection (rules 3 and 81).
    favorite_count: u64,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: FavoritesSummary,
}

/// All selected favourites that are current (rule 83).
#[derive(Serialize, ToSchema)]
struct FavoritesSummary {
    /// Pairs of a list and a medium (rule 81).
    favorites: u64,
    /// Distinct clients (rule 13).
    clients: u64,
    /// Distinct lists (rule 84).
    lists: u64,
    by_media: Vec<FavoriteMediaTotals>,
    by_client: Vec<FavoriteClientTotals>,
}

/// The favourites of one medium.
#[derive(Serialize, ToSchema)]
struct FavoriteMediaTotals {
    /// `photo` or `video`.
    #[serde(rename = "type")]
    #[schema(example = "photo")]
    kind: String,
    id: u64,
    /// On how many lists it is (rule 81).
    favorite_count: u64,
    /// Distinct clients who set it (rule 81).
    unique_clients: u64,
}

/// The favourites of one client, or of all anonymous actors (rule 14).
#[derive(Serialize, ToSchema)]
struct FavoriteClientTotals {
    client: Option<Client>,
    favorites: u64,
}

fn show(row: &Row, clients: &Clients, selection: &Selection) -> Favorite {
    let (list_id, media_id) = (text(row, "sort_id"), number(row, "sort_number"));
    let submitted_at = time_of(row, "submitted_us");
    Favorite {
        id: format!("fv_{list_id}_{media_id}"),
        list: FavoriteList {
            id: list_id.to_owned(),
            name: name_of(row, "list_name"),
            status: if submitted_at.is_none() { "open" } else { "submitted" },
            submitted_at,
            selected: number(row, "selected_n"),
            max_selections: number_of(row, "max_selections"),
        },
        client: clients.show(row, "identified_by", selection),
        media: FavoriteMedia {
            kind: text(row, "media_kind").to_owned(),
            id: media_id,
            gallery_id: number_of(row, "gallery_id"),
            filename: name_of(row, "filename"),
            favorite_count: number(row, "favorite_count"),
        },
        favorited_at: time_of(row, "sort_at"),
        removed_at: time_of(row, "removed_us"),
        note: text_of(row, "note").filter(|_| !clients.is_erased(row)),
    }
}

fn media_totals(row: &Row) -> FavoriteMediaTotals {
    FavoriteMediaTotals {
        kind: text(row, "kind").to_owned(),
        id: number(row, "media_id"),
        favorite_count: number(row, "favorite_count"),
        unique_clients: number(row, "unique_clients"),
    }
}

fn client_totals(row: &Row, clients: &Clients, selection: &Selection) -> FavoriteClientTotals {
    FavoriteClientTotals {
        client: clients.show(row, "last_identified_by", selection),
        favorites: number(row, "favorites_n"),
    }
}
