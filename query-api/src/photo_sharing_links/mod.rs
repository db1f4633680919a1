//! `GET /collections/{id}/photo_sharing_links`: every share link, what it permits, and how it was used.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::changes;
use crate::clients::Clients;
use crate::json::{Row, at, masked_url, number, text, time};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{Entry, List, Resource, Summary};
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
    const CHANGES: Option<&'static str> = Some(changes::LINKS);
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
    type Shown = Value;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<Value>, Problem> {
        let clients = Clients::of(store, selection.account, rows).await?;
        Ok(rows.iter().map(|row| show(row, &clients, selection)).collect())
    }

    async fn summary(store: &Store, selection: &Selection, _: &[Entry<Value>]) -> Result<Summary<Members>, Problem> {
        let totals = store.row(SUMMARY, selection).await?;
        let names = ["active", "expired", "exhausted", "revoked", "opens", "downloads"];
        let summary: Map<String, Value> =
            names.into_iter().map(|name| (name.to_owned(), json!(number(&totals, name)))).collect();
        Ok(Summary { total: number(&totals, "total"), members: Members { summary: summary.into() } })
    }
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: Value,
}

fn show(row: &Row, clients: &Clients, selection: &Selection) -> Value {
    let url = text(row, "url");
    let instant = |column: &str| row.get(column).and_then(Value::as_i64);
    json!({
        "id": text(row, "sort_id"),
        "url": if selection.shows_secrets { url.to_owned() } else { masked_url(url) },
        "photo_id": number(row, "photo_id"),
        "created_at": at(row, "sort_at"),
        "created_by": clients.show(row, "identified_by", selection),
        "status": text(row, "status"),
        "expires_at": time(instant("expires_us").filter(|expires_us| *expires_us >= 0)),
        "revoked_at": time(instant("revoked_us").filter(|revoked_us| *revoked_us < NEVER_US)),
        // Written by the fold, so it is always an object.
        "permissions": serde_json::from_str::<Value>(text(row, "permissions")).unwrap_or_default(),
        "usage": usage(row),
    })
}

fn usage(row: &Row) -> Value {
    let downloads = number(row, "downloads_n");
    let max_downloads = row.get("max_downloads").and_then(Value::as_u64);
    json!({
        "opens": number(row, "opens_n"),
        "unique_visitors": number(row, "visitors_n"),
        "downloads": downloads,
        "unique_downloads": number(row, "unique_downloads_n"),
        "downloads_remaining": max_downloads.map(|max| max.saturating_sub(downloads)),
        "transferred_bytes": number(row, "transferred_bytes_n"),
        "link_previews": number(row, "link_previews_n"),
        "bot_opens": number(row, "bot_opens_n"),
        "denied": {
            "expired": number(row, "expired_n"),
            "bad_password": number(row, "bad_password_n"),
            "quota": number(row, "quota_n"),
            "revoked": number(row, "revoked_n"),
        },
        "first_opened_at": at(row, "first_opened_us"),
        "last_opened_at": at(row, "last_opened_us"),
        "top_referrers": top_referrers(row),
        "countries": row.get("country_opens").cloned().unwrap_or_default(),
    })
}

/// Hosts by opens, then by name (rule 73).
fn top_referrers(row: &Row) -> Value {
    let hosts = row.get("referrer_opens").and_then(Value::as_object);
    let mut hosts: Vec<(u64, &str)> =
        hosts.into_iter().flatten().map(|(host, opens)| (opens.as_u64().unwrap_or(0), host.as_str())).collect();
    hosts.sort_by(|(opens, host), (other_opens, other)| other_opens.cmp(opens).then(host.cmp(other)));
    hosts.iter().take(REFERRERS_MAX).map(|(opens, host)| json!({"host": host, "opens": opens})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_73_hosts_are_listed_by_opens_then_name_and_at_most_ten() {
        let hosts: Map<String, Value> = (0..12).map(|number| (format!("h{number:02}"), json!(number / 2))).collect();
        let row: Row = [("referrer_opens".to_owned(), hosts.into())].into_iter().collect();
        let top = top_referrers(&row);
        assert_eq!(top.as_array().unwrap().len(), REFERRERS_MAX);
        assert_eq!((&top[0], &top[1]), (&json!({"host": "h10", "opens": 5}), &json!({"host": "h11", "opens": 5})));
    }
}
