//! `GET /collections/{id}/favorites`: who chose which medium for which list, and what was said of it.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::clients::Clients;
use crate::json::{Row, at, number, of, some, text};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{Entry, List, Resource, Summary};
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

/// The list of favourites.
pub(crate) struct Favorites;

impl Resource for Favorites {
    const NAME: &'static str = "favorites";
    const ABOUT: &'static str = "Who chose which medium for which list, and what was said of it.";
    const SCOPE: Scope = Scope::FavoritesRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD, MEDIA, &["client_id", "state"]],
        words: &[("state", &["current", "all"])],
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
    type Shown = Value;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<Value>, Problem> {
        let clients = Clients::of(store, selection.account, rows).await?;
        Ok(rows.iter().map(|row| show(row, &clients, selection)).collect())
    }

    async fn summary(store: &Store, selection: &Selection, _: &[Entry<Value>]) -> Result<Summary<Members>, Problem> {
        let (totals, by_media, by_client) = tokio::try_join!(
            store.row(SUMMARY, selection),
            store.rows(BY_MEDIA, selection),
            store.rows(BY_CLIENT, selection),
        )?;
        let clients = Clients::of(store, selection.account, &by_client).await?;
        let media_totals = |row: &Row| {
            json!({
                "type": text(row, "kind"),
                "id": number(row, "media_id"),
                "favorite_count": number(row, "favorite_count"),
                "unique_clients": number(row, "unique_clients"),
            })
        };
        let client_totals = |row: &Row| {
            json!({
                "client": clients.show(row, "last_identified_by", selection),
                "favorites": number(row, "favorites_n"),
            })
        };
        let summary = json!({
            "favorites": number(&totals, "favorites_n"),
            "clients": number(&totals, "clients_n"),
            "lists": number(&totals, "lists_n"),
            "by_media": by_media.iter().map(media_totals).collect::<Value>(),
            "by_client": by_client.iter().map(client_totals).collect::<Value>(),
        });
        Ok(Summary { total: number(&totals, "total"), members: Members { summary } })
    }
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: Value,
}

fn show(row: &Row, clients: &Clients, selection: &Selection) -> Value {
    let (list_id, media_id) = (text(row, "sort_id"), number(row, "sort_number"));
    let submitted_at = at(row, "submitted_us");
    json!({
        "id": format!("fv_{list_id}_{media_id}"),
        "list": {
            "id": list_id,
            "name": of(row, "list_name"),
            "status": if submitted_at.is_null() { "open" } else { "submitted" },
            "submitted_at": submitted_at,
            "selected": number(row, "selected_n"),
            "max_selections": of(row, "max_selections"),
        },
        "client": clients.show(row, "identified_by", selection),
        "media": {
            "type": text(row, "media_kind"),
            "id": media_id,
            "gallery_id": of(row, "gallery_id"),
            "filename": of(row, "filename"),
            "favorite_count": number(row, "favorite_count"),
        },
        "favorited_at": at(row, "sort_at"),
        "removed_at": at(row, "removed_us"),
        "note": if clients.is_erased(row) { Value::Null } else { some(row, "note") },
    })
}
