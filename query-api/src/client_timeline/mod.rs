//! `GET /collections/{id}/clients/{client}/timeline`: what one client did in the collection, the latest first.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::changes::{self, Changes};
use crate::clients::{Client, Clients};
use crate::json::{Row, name_of, number, text, text_of, time_of};
use crate::parameters::catalogue::{PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

/// A statement over what a client did.
macro_rules! over_entries {
    ($($part:expr),+) => { concat!(include_str!("selection.sql"), $($part),+) };
}

const SUMMARY: &str = over_entries!(include_str!("summary.sql"));

/// The list of one client's deeds.
pub(crate) struct ClientTimeline;

impl Resource for ClientTimeline {
    const NAME: &'static str = "client_timeline";
    const ABOUT: &'static str = "What one client did in the collection, the latest first.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes { groups: &[PAGED, PERIOD], words: &[], sorts: &["at"], grain: Grain::Microsecond };
    const CHANGES: Changes = changes::DOWNLOADS;
    const NEEDS: Option<(&'static str, &'static str)> =
        Some((include_str!("place.sql"), "there is no such client in this collection"));
}

impl List for ClientTimeline {
    const COLUMNS: &'static [&'static str] = &[
        "at",
        "type",
        "client/id",
        "client/email",
        "client/name",
        "client/identified_by",
        "visits",
        "views",
        "plays",
        "link_opens",
        "download_id",
        "kind",
        "status",
        "list_id",
        "link_id",
        "media_id",
        "filename",
    ];
    const PAGES: [&'static str; 2] = [
        over_entries!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
        over_entries!(include_str!("page.sql"), include_str!("../page/descending.sql")),
    ];
    type Shown = TimelineEntry;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<TimelineEntry>, Problem> {
        let clients = Clients::of(store, selection.account, rows).await?;
        Ok(rows.iter().map(|row| show(row, &clients, selection)).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let totals = store.row(SUMMARY, selection).await?;
        let summary = TimelineSummary {
            looked: number(&totals, "looked_n"),
            downloaded: number(&totals, "downloaded_n"),
            favorited: number(&totals, "favorited_n"),
            unfavorited: number(&totals, "unfavorited_n"),
            shared: number(&totals, "shared_n"),
        };
        Ok(Summary { total: number(&totals, "total"), members: Members { summary } })
    }
}

/// Something the client did (rule 111). Members that do not belong to its type are null.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimelineEntry {
    /// When; of `looked` the client's last deed of that UTC day.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// `looked`, `downloaded`, `favorited`, `unfavorited` or `shared`.
    #[serde(rename = "type")]
    #[schema(example = "downloaded")]
    event: String,
    client: Option<Client>,
    /// Visits of that day (rule 69).
    visits: Option<u64>,
    /// Photos viewed that day (rule 69).
    views: Option<u64>,
    /// Videos played that day (rule 69).
    plays: Option<u64>,
    /// Counted opens of share links that day (rules 30 and 69).
    link_opens: Option<u64>,
    /// The action.
    download_id: Option<String>,
    /// `photo`, `video` or `archive` of an action, `photo` or `video` of a favourite.
    kind: Option<String>,
    /// What became of the action (rules 45 to 51).
    #[schema(example = "completed")]
    status: Option<String>,
    /// The list of the favourite.
    list_id: Option<String>,
    /// The share link.
    link_id: Option<String>,
    /// The photo or video; null of an action about several.
    media_id: Option<u64>,
    /// Its file name in the catalogue (rule 95).
    filename: Option<String>,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: TimelineSummary,
}

/// Entries by type.
#[derive(Serialize, ToSchema)]
struct TimelineSummary {
    looked: u64,
    downloaded: u64,
    favorited: u64,
    unfavorited: u64,
    shared: u64,
}

fn show(row: &Row, clients: &Clients, selection: &Selection) -> TimelineEntry {
    let event = text(row, "type");
    let has_looked = event == "looked";
    let counted = |column: &str| has_looked.then(|| number(row, column));
    let id_of = |types: &[&str]| types.contains(&event).then(|| text(row, "id").to_owned());
    TimelineEntry {
        at: time_of(row, "sort_at"),
        event: event.to_owned(),
        client: clients.show(row, "known_by", selection),
        visits: counted("visits_n"),
        views: counted("views_n"),
        plays: counted("plays_n"),
        link_opens: counted("opens_n"),
        download_id: id_of(&["downloaded"]),
        kind: text_of(row, "kind"),
        status: text_of(row, "status"),
        list_id: id_of(&["favorited", "unfavorited"]),
        link_id: id_of(&["shared"]),
        media_id: Some(number(row, "sort_number")).filter(|media_id| *media_id != 0),
        filename: name_of(row, "filename"),
    }
}
