//! `GET /insights/follow_ups`: whom a photographer should write to, and about what.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::changes::Changes;
use crate::clients::{Client, Clients};
use crate::figures::NamedCollection;
use crate::json::{Row, number, number_of, text, text_of, time_of};
use crate::parameters::catalogue::{PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

/// A statement over the follow-ups.
macro_rules! over_follow_ups {
    ($($part:expr),+) => { concat!(include_str!("selection.sql"), $($part),+) };
}

const SUMMARY: &str = over_follow_ups!(include_str!("summary.sql"));
const SEGMENTS: [&str; 5] =
    ["not_opened", "opened_not_downloaded", "partial", "favorites_unsubmitted", "link_expiring"];

/// The list of follow-ups.
pub(crate) struct FollowUps;

impl Resource for FollowUps {
    const NAME: &'static str = "insights_follow_ups";
    const ABOUT: &'static str = "Whom to write to, and about what.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD, &["segment", "client_id"]],
        words: &[("segment", &SEGMENTS)],
        sorts: &["due_at", "since"],
        grain: Grain::Microsecond,
    };
    const CHANGES: Changes = Changes::When(include_str!("changes.sql"));
}

impl List for FollowUps {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "segment",
        "reason",
        "client/id",
        "client/email",
        "client/name",
        "client/identified_by",
        "collection/id",
        "collection/name",
        "since",
        "due_at",
        "activity/visits",
        "activity/views",
        "activity/plays",
        "activity/link_opens",
        "download/id",
        "download/type",
        "download/rendition",
        "download/media",
        "download/attempts",
        "download/delivered_bytes",
        "download/size_bytes",
        "list/id",
        "list/name",
        "list/favorites",
        "list/max_selections",
        "link/id",
        "link/media_id",
        "link/opens",
        "link/downloads",
        "link/link_previews",
        "link/expires_at",
    ];
    const PAGES: [&'static str; 2] = [
        over_follow_ups!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
        over_follow_ups!(include_str!("page.sql"), include_str!("../page/descending.sql")),
    ];
    type Shown = FollowUp;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<FollowUp>, Problem> {
        let clients = Clients::of(store, selection.account, rows).await?;
        Ok(rows.iter().map(|row| show(row, clients.show(row, "identified_by", selection))).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let totals = store.row(SUMMARY, selection).await?;
        let summary = FollowUpsSummary {
            follow_ups: number(&totals, "total"),
            clients: number(&totals, "clients_n"),
            by_segment: FollowUpsBySegment {
                not_opened: number(&totals, "not_opened"),
                opened_not_downloaded: number(&totals, "opened_not_downloaded"),
                partial: number(&totals, "partial"),
                favorites_unsubmitted: number(&totals, "favorites_unsubmitted"),
                link_expiring: number(&totals, "link_expiring"),
            },
        };
        Ok(Summary { total: summary.follow_ups, members: Members { summary } })
    }
}

/// Somebody to write to, and about what.
#[derive(Serialize, ToSchema)]
pub(crate) struct FollowUp {
    /// The same for as long as the row stands: segment, collection and what it is about.
    #[schema(example = "partial:90516387:0197f2a0-4336-7183-8c4b-637918e8f926")]
    id: String,
    /// `not_opened`, `opened_not_downloaded`, `partial`, `favorites_unsubmitted` or `link_expiring` (rules 120 to 124).
    segment: String,
    /// What to write about: `link_never_opened`, `collection_never_visited`, `opened_without_downloading`,
    /// `download_partial`, `download_failed`, `list_not_submitted` or `link_expires_soon` (rules 120 to 124).
    reason: String,
    /// Whom to write to: of links, the client who made them; null when the events do not say (rule 120).
    client: Option<Client>,
    collection: NamedCollection,
    /// The time of the deed that it is about (rules 120 to 124).
    #[schema(format = DateTime)]
    since: Option<String>,
    /// When it came to stand in its segment (rules 120 to 124).
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// What the client did in the collection; only of `opened_not_downloaded`.
    activity: Option<FollowUpActivity>,
    /// The download that broke off; only of `partial`.
    download: Option<FollowUpDownload>,
    /// The list that waits; only of `favorites_unsubmitted`.
    list: Option<FollowUpList>,
    /// The link it is about; null for other reasons.
    link: Option<FollowUpLink>,
}

/// What a client did in a collection, ever.
#[derive(Serialize, ToSchema)]
struct FollowUpActivity {
    /// Visits (rules 7 and 69).
    visits: u64,
    /// Views of photos (rules 7 and 69).
    views: u64,
    /// Plays of videos (rules 7 and 69).
    plays: u64,
    /// Counted opens of share links (rules 30 and 69).
    link_opens: u64,
}

/// A download that broke off.
#[derive(Serialize, ToSchema)]
struct FollowUpDownload {
    /// The client's last action on these media in this rendition (rule 122).
    #[schema(format = "uuid")]
    id: String,
    /// `photo`, `video` or `archive`.
    r#type: String,
    /// The rendition that was asked for.
    #[schema(example = "high_res")]
    rendition: String,
    /// Media that were asked for.
    media: u64,
    /// The client's actions on these media in this rendition (rule 122).
    attempts: u64,
    /// Bytes of the last action's file that arrived (rule 37).
    delivered_bytes: u64,
    /// Bytes of its file (rule 44); null when unknown.
    size_bytes: Option<u64>,
}

/// A list of favourites that waits.
#[derive(Serialize, ToSchema)]
struct FollowUpList {
    /// The list's id.
    id: String,
    /// Null for a list that was never created (rule 85).
    #[schema(example = "Album picks")]
    name: Option<String>,
    /// Its current favourites (rule 85).
    favorites: u64,
    /// How many it may have; null without a limit.
    max_selections: Option<u64>,
}

/// A share link.
#[derive(Serialize, ToSchema)]
struct FollowUpLink {
    /// The link's id.
    id: String,
    /// The photo or video it shows (rule 79).
    media_id: u64,
    /// Its counted opens, ever (rule 30).
    opens: u64,
    /// Completed downloads through it, ever (rule 74).
    downloads: u64,
    /// Previews of it, ever: a link that was sent somewhere often has one (rule 71).
    link_previews: u64,
    /// When it expires; null for never.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: FollowUpsSummary,
}

/// All selected follow-ups.
#[derive(Serialize, ToSchema)]
struct FollowUpsSummary {
    /// Rows on all pages.
    follow_ups: u64,
    /// Distinct clients to write to.
    clients: u64,
    by_segment: FollowUpsBySegment,
}

/// Rows by segment; they add up to `follow_ups`.
#[derive(Serialize, ToSchema)]
struct FollowUpsBySegment {
    /// Rule 120.
    not_opened: u64,
    /// Rule 121.
    opened_not_downloaded: u64,
    /// Rule 122.
    partial: u64,
    /// Rule 123.
    favorites_unsubmitted: u64,
    /// Rule 124.
    link_expiring: u64,
}

fn show(row: &Row, client: Option<Client>) -> FollowUp {
    let (segment, reason, subject) = (text(row, "segment"), text(row, "reason"), text(row, "subject"));
    let collection = number(row, "sort_number");
    FollowUp {
        id: format!("{segment}:{collection}:{subject}"),
        segment: segment.to_owned(),
        reason: reason.to_owned(),
        client,
        collection: NamedCollection { id: collection, name: text_of(row, "collection_name") },
        since: time_of(row, "since_us"),
        due_at: time_of(row, "due_us"),
        activity: (segment == "opened_not_downloaded").then(|| activity(row)),
        download: (segment == "partial").then(|| download(row)),
        list: (segment == "favorites_unsubmitted").then(|| list(row)),
        link: reason.starts_with("link_").then(|| link(row)),
    }
}

fn activity(row: &Row) -> FollowUpActivity {
    FollowUpActivity {
        visits: number(row, "visits_n"),
        views: number(row, "views_n"),
        plays: number(row, "plays_n"),
        link_opens: number(row, "opens_n"),
    }
}

fn download(row: &Row) -> FollowUpDownload {
    FollowUpDownload {
        id: text(row, "download_id").to_owned(),
        r#type: text(row, "download_kind").to_owned(),
        rendition: text(row, "download_rendition").to_owned(),
        media: number(row, "download_media"),
        attempts: number(row, "download_attempts"),
        delivered_bytes: number(row, "delivered_bytes"),
        size_bytes: number_of(row, "size_bytes"),
    }
}

fn list(row: &Row) -> FollowUpList {
    FollowUpList {
        id: text(row, "subject").to_owned(),
        name: text_of(row, "list_name"),
        favorites: number(row, "list_favorites"),
        max_selections: number_of(row, "max_selections"),
    }
}

fn link(row: &Row) -> FollowUpLink {
    FollowUpLink {
        id: text(row, "subject").to_owned(),
        media_id: number(row, "link_media_id"),
        opens: number(row, "link_opens"),
        downloads: number(row, "link_downloads"),
        link_previews: number(row, "link_previews"),
        expires_at: time_of(row, "expires_us"),
    }
}
