//! `GET /collections/{id}/photo_sharing_links`: every share link, what it permits, and how it was used.

use std::collections::BTreeMap;

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::changes::{self, Changes};
use crate::clients::{Client, Clients};
use crate::json::{Row, masked_url, number, number_of, printed, text, time_of};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

/// A statement over the selected links.
macro_rules! over_links {
    ($($part:expr),+) => { concat!(include_str!("selection.sql"), $($part),+) };
}

const PAGES: [&str; 2] = [
    over_links!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
    over_links!(include_str!("page.sql"), include_str!("../page/descending.sql")),
];
const SUMMARY: &str = over_links!(include_str!("summary.sql"));
/// Hosts listed of one link (rule 73).
const REFERRERS_MAX: usize = 10;
/// What `revoked_at` holds while a link was never revoked: 2299-12-31.
const NEVER_US: i64 = 10_413_705_600_000_000;

/// What `expires_at` holds of a link that does not expire.
const NO_EXPIRY_US: i64 = -1;

/// The list of links.
pub(crate) struct PhotoSharingLinks;

impl Resource for PhotoSharingLinks {
    const NAME: &'static str = "photo_sharing_links";
    const ABOUT: &'static str = "Every share link, what it permits, and how it was used.";
    const SCOPE: Scope = Scope::LinksRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD, MEDIA, &["client_id", "status", "link_id"]],
        words: &[("status", &["active", "expired", "exhausted", "revoked"])],
        sorts: &["created_at"],
        grain: Grain::Microsecond,
    };
    const CHANGES: Changes = changes::LINKS;
}

impl List for PhotoSharingLinks {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "url",
        "photo_id",
        "created_at",
        "created_by/id",
        "created_by/email",
        "created_by/name",
        "created_by/identified_by",
        "status",
        "expires_at",
        "revoked_at",
        "permissions/view",
        "permissions/download",
        "permissions/favorite",
        "permissions/reshare",
        "permissions/watermark",
        "permissions/password_required",
        "permissions/max_opens",
        "permissions/max_downloads",
        "usage/opens",
        "usage/unique_visitors",
        "usage/downloads",
        "usage/unique_downloads",
        "usage/downloads_remaining",
        "usage/transferred_bytes",
        "usage/link_previews",
        "usage/bot_opens",
        "usage/denied/expired",
        "usage/denied/bad_password",
        "usage/denied/quota",
        "usage/denied/revoked",
        "usage/first_opened_at",
        "usage/last_opened_at",
        "usage/top_referrers",
        "usage/countries",
    ];
    const PAGES: [&'static str; 2] = PAGES;
    type Shown = SharingLink;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<SharingLink>, Problem> {
        let clients = Clients::of(store, selection.account, rows).await?;
        Ok(rows.iter().map(|row| show(row, &clients, selection)).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let totals = store.row(SUMMARY, selection).await?;
        let summary = SharingLinksSummary {
            active: number(&totals, "active"),
            expired: number(&totals, "expired"),
            exhausted: number(&totals, "exhausted"),
            revoked: number(&totals, "revoked"),
            opens: number(&totals, "opens"),
            downloads: number(&totals, "downloads"),
        };
        Ok(Summary { total: number(&totals, "total"), members: Members { summary } })
    }
}

/// A share link, with its usage over its whole life.
#[derive(Serialize, ToSchema)]
pub(crate) struct SharingLink {
    #[schema(example = "sl_9")]
    id: String,
    /// Without the scope `links:secret` what opens the link is masked.
    #[schema(example = "https://g.example/***")]
    url: String,
    /// The photo or video that is shared (rule 79).
    photo_id: u64,
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// Null when the creator is no client (rule 78).
    created_by: Option<Client>,
    /// `active`, `expired`, `exhausted` or `revoked` (rule 75).
    #[schema(example = "active")]
    status: String,
    /// Null when it never expires (rule 76).
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When it was first revoked (rule 75).
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    permissions: SharingPermissions,
    usage: SharingUsage,
}

/// What the link allows (rule 76).
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
struct SharingPermissions {
    view: bool,
    /// The best rendition that may be downloaded; null for none.
    #[schema(example = "web_2048")]
    download: Option<String>,
    favorite: bool,
    reshare: bool,
    watermark: bool,
    password_required: bool,
    /// Opens after which it is exhausted; null without a limit.
    max_opens: Option<u64>,
    /// Downloads after which it is exhausted; null without a limit.
    max_downloads: Option<u64>,
}

/// What was done through the link.
#[derive(Serialize, ToSchema)]
struct SharingUsage {
    /// Counted opens (rules 30 and 69).
    opens: u64,
    /// Distinct identities among them (rule 72).
    unique_visitors: u64,
    /// Completed download actions (rule 74).
    downloads: u64,
    /// Their unique keys (rule 74).
    unique_downloads: u64,
    /// Null without a maximum (rule 74).
    downloads_remaining: Option<u64>,
    /// Bytes sent (rule 74).
    transferred_bytes: u64,
    /// Opens by link previewers (rule 30).
    link_previews: u64,
    /// Opens by robots and mail scanners (rule 30).
    bot_opens: u64,
    denied: SharingDenied,
    /// The first counted open (rule 80).
    #[schema(format = DateTime)]
    first_opened_at: Option<String>,
    /// The last counted open (rule 80).
    #[schema(format = DateTime)]
    last_opened_at: Option<String>,
    /// Hosts by opens, at most ten (rule 73).
    top_referrers: Vec<Referrer>,
    /// Counted opens by country (rule 73).
    #[schema(example = json!({"DE": 20, "US": 11}))]
    countries: BTreeMap<String, u64>,
}

/// Opens that were denied, by reason (rule 71).
#[derive(Serialize, ToSchema)]
struct SharingDenied {
    expired: u64,
    bad_password: u64,
    quota: u64,
    revoked: u64,
}

/// A host that people came from.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Referrer {
    #[schema(example = "instagram.com")]
    host: String,
    /// Counted opens.
    opens: u64,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: SharingLinksSummary,
}

/// All selected links.
#[derive(Serialize, ToSchema)]
struct SharingLinksSummary {
    /// Links that are active (rule 75).
    active: u64,
    /// Links that have expired (rule 75).
    expired: u64,
    /// Links whose opens or downloads are used up (rule 75).
    exhausted: u64,
    /// Links that were revoked (rule 75).
    revoked: u64,
    /// Opens of all of them (rule 77).
    opens: u64,
    /// Downloads through all of them (rule 77).
    downloads: u64,
}

fn show(row: &Row, clients: &Clients, selection: &Selection) -> SharingLink {
    let url = text(row, "url");
    let instant = |column: &str| row.get(column).and_then(Value::as_i64);
    SharingLink {
        id: text(row, "sort_id").to_owned(),
        url: if selection.shows_secrets { url.to_owned() } else { masked_url(url) },
        photo_id: number(row, "photo_id"),
        created_at: time_of(row, "sort_at"),
        created_by: clients.show(row, "identified_by", selection),
        status: text(row, "status").to_owned(),
        expires_at: instant("expires_us").filter(|expires_us| *expires_us != NO_EXPIRY_US).map(printed),
        revoked_at: instant("revoked_us").filter(|revoked_us| *revoked_us < NEVER_US).map(printed),
        // Written by the fold, so it is always an object.
        permissions: serde_json::from_str(text(row, "permissions")).unwrap_or_default(),
        usage: usage(row),
    }
}

fn usage(row: &Row) -> SharingUsage {
    let downloads = number(row, "downloads_n");
    let countries = row.get("country_opens").and_then(Value::as_object).into_iter().flatten();
    SharingUsage {
        opens: number(row, "opens_n"),
        unique_visitors: number(row, "visitors_n"),
        downloads,
        unique_downloads: number(row, "unique_downloads_n"),
        downloads_remaining: number_of(row, "max_downloads").map(|max| max.saturating_sub(downloads)),
        transferred_bytes: number(row, "transferred_bytes_n"),
        link_previews: number(row, "link_previews_n"),
        bot_opens: number(row, "bot_opens_n"),
        denied: SharingDenied {
            expired: number(row, "expired_n"),
            bad_password: number(row, "bad_password_n"),
            quota: number(row, "quota_n"),
            revoked: number(row, "revoked_n"),
        },
        first_opened_at: time_of(row, "first_opened_us"),
        last_opened_at: time_of(row, "last_opened_us"),
        top_referrers: top_referrers(row),
        countries: countries.map(|(country, opens)| (country.clone(), opens.as_u64().unwrap_or(0))).collect(),
    }
}

/// Hosts by opens, then by name (rule 73).
fn top_referrers(row: &Row) -> Vec<Referrer> {
    let hosts = row.get("referrer_opens").and_then(Value::as_object);
    let mut hosts: Vec<(u64, &str)> =
        hosts.into_iter().flatten().map(|(host, opens)| (opens.as_u64().unwrap_or(0), host.as_str())).collect();
    hosts.sort_by(|(opens, host), (other_opens, other)| other_opens.cmp(opens).then(host.cmp(other)));
    let referrer = |(opens, host): &(u64, &str)| Referrer { host: (*host).to_owned(), opens: *opens };
    hosts.iter().take(REFERRERS_MAX).map(referrer).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    #[test]
    fn rule_73_hosts_are_listed_by_opens_then_name_and_at_most_ten() {
        let hosts: Map<String, Value> = (0..12).map(|number| (format!("h{number:02}"), json!(number / 2))).collect();
        let row: Row = [("referrer_opens".to_owned(), hosts.into())].into_iter().collect();
        let top = top_referrers(&row);
        assert_eq!(top.len(), REFERRERS_MAX);
        let host = |name: &str| Referrer { host: name.to_owned(), opens: 5 };
        assert_eq!((&top[0], &top[1]), (&host("h10"), &host("h11")));
    }
}
