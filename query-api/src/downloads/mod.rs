//! `GET /collections/{id}/downloads/`: every photo, video and archive action, what became of it, and its transfer.

use std::collections::{BTreeMap, HashMap};

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::changes;
use crate::clients::Clients;
use crate::deliveries::STATUSES;
use crate::json::{Row, at, number, of, ratio, some, text};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{Entry, List, Resource, Summary};
use crate::store::Store;

/// A statement over the selected actions.
macro_rules! over_actions {
    ($($part:expr),+) => { concat!(include_str!("selection.sql"), $($part),+) };
}

const PAGES: [&str; 2] = [
    over_actions!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
    over_actions!(include_str!("page.sql"), include_str!("../page/descending.sql")),
];
const SUMMARY: &str = over_actions!(include_str!("summary.sql"));
const DELIVERIES: &str = over_actions!(include_str!("deliveries.sql"));
const RETRIES: &str = include_str!("retries.sql");
const UNATTRIBUTED: &str = include_str!("unattributed.sql");

/// The list of actions.
pub(crate) struct Downloads;

impl Resource for Downloads {
    const NAME: &'static str = "downloads";
    const ABOUT: &'static str = "Every photo, video and archive action, what became of it, and its transfer.";
    const SCOPE: Scope = Scope::DownloadsRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD, MEDIA, &["client_id", "rendition", "status", "link_id", "include"]],
        words: &[("status", &STATUSES)],
        sorts: &["requested_at"],
        grain: Grain::Microsecond,
    };
    const CHANGES: Option<&'static str> = Some(changes::DOWNLOADS);
}

impl List for Downloads {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "type",
        "status",
        "failure/code",
        "failure/http_status",
        "failure/retryable",
        "failure/retried_as",
        "requested_at",
        "client/id",
        "client/email",
        "client/name",
        "client/identified_by",
        "items/photos",
        "items/videos",
        "items_url",
        "file/rendition",
        "file/format",
        "file/size_bytes",
        "transfer/transferred_bytes",
        "transfer/delivered_bytes",
        "transfer/duration_ms",
        "transfer/ttfb_ms",
        "transfer/avg_bits_per_second",
        "transfer/segments",
        "transfer/cache_hit_ratio",
        "transfer/edge_pop",
        "transfer/country",
        "filter_reason",
    ];
    const PAGES: [&'static str; 2] = PAGES;
    type Shown = Value;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<Value>, Problem> {
        let failed = rows.iter().filter(|row| text(row, "status") == "failed");
        let failed: Vec<String> = failed.map(|row| text(row, "sort_id").to_owned()).collect();
        let (clients, retries) = tokio::try_join!(
            Clients::of(store, selection.account, rows),
            store.by_download(RETRIES, selection, &failed)
        )?;
        let retries: HashMap<&str, &str> =
            retries.iter().map(|row| (text(row, "failed_id"), text(row, "retried_as"))).collect();
        let show = |row: &Row| {
            let retried_as = retries.get(text(row, "sort_id")).copied();
            show(row, retried_as, &clients, selection)
        };
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(
        store: &Store,
        selection: &Selection,
        entries: &[Entry<Value>],
    ) -> Result<Summary<Members>, Problem> {
        let unattributed = async {
            // Rule 67: bytes without an action match no filter but time.
            if selection.is_filtered() { Ok(Row::new()) } else { store.row(UNATTRIBUTED, selection).await }
        };
        let (totals, deliveries, unattributed) =
            tokio::try_join!(store.row(SUMMARY, selection), store.row(DELIVERIES, selection), unattributed)?;
        let count = |name: &str| number(&totals, name);
        let by_status = STATUSES.iter().map(|status| {
            let column = if *status == "completed" { "downloads" } else { *status };
            ((*status).to_owned(), json!(count(column)))
        });
        let summary = json!({
            "attempts": count("attempts"),
            "downloads": count("downloads"),
            "unique_downloads": count("unique_downloads"),
            "by_type": {"photo": count("photo"), "video": count("video"), "archive": count("archive")},
            "deliveries": {"photos": number(&deliveries, "photos"), "videos": number(&deliveries, "videos")},
            "by_status": by_status.collect::<serde_json::Map<_, _>>(),
            "success_rate": ratio(count("downloads"), count("downloads") + count("partial") + count("failed"), 1000),
            "bandwidth": {
                "transferred_bytes": count("transferred"),
                "delivered_bytes": count("delivered"),
                "filtered_bytes": count("filtered") + number(&unattributed, "filtered_bytes"),
                "unattributed_bytes": number(&unattributed, "unattributed_bytes"),
                "p50_bits_per_second": of(&totals, "p50_bits_per_second"),
                "p95_ttfb_ms": of(&totals, "p95_ttfb_ms"),
            },
        });
        let timeline = client_timeline(entries);
        Ok(Summary { total: count("total"), members: Members { summary, client_timeline: timeline } })
    }
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: Value,
    client_timeline: Value,
}

fn show(row: &Row, retried_as: Option<&str>, clients: &Clients, selection: &Selection) -> Value {
    let (id, status) = (text(row, "sort_id"), text(row, "status"));
    let failure = (status == "failed").then(|| {
        json!({
            "code": text(row, "failure_code"),
            "http_status": of(row, "failure_http_status"),
            "retryable": of(row, "failure_retryable"),
            "retried_as": retried_as,
        })
    });
    let mut shown = json!({
        "id": id,
        "type": text(row, "type"),
        "status": status,
        "failure": failure,
        "requested_at": at(row, "sort_at"),
        "client": clients.show(row, "known_by", selection),
        "items": {"photos": number(row, "photos"), "videos": number(row, "videos")},
        "items_url": format!("/downloads/{id}/items"),
        "file": {
            "rendition": text(row, "file_rendition"),
            "format": text(row, "file_format"),
            "size_bytes": of(row, "size_bytes"),
        },
        "transfer": {
            "transferred_bytes": number(row, "transferred_bytes"),
            "delivered_bytes": number(row, "delivered_bytes"),
            "duration_ms": number(row, "duration_ms"),
            "ttfb_ms": of(row, "ttfb_ms"),
            "avg_bits_per_second": of(row, "avg_bits_per_second"),
            "segments": number(row, "segments"),
            "cache_hit_ratio": ratio(number(row, "cache_hits"), number(row, "segments"), 100),
            "edge_pop": some(row, "pop"),
            "country": some(row, "country_code"),
        },
    });
    if selection.include_filtered {
        shown["filter_reason"] = some(row, "reason");
    }
    shown
}

/// The rows of this page by client: clients by their last action, latest first, actions by time (rule 68).
fn client_timeline(entries: &[Entry<Value>]) -> Value {
    let mut by_client: BTreeMap<&str, Vec<&Entry<Value>>> = BTreeMap::new();
    for entry in entries {
        by_client.entry(text(&entry.row, "client_id")).or_default().push(entry);
    }
    let key = |entry: &&Entry<Value>| {
        (entry.row.get("sort_at").and_then(Value::as_i64), text(&entry.row, "sort_id").to_owned())
    };
    let mut clients: Vec<Vec<&Entry<Value>>> = by_client.into_values().collect();
    for actions in &mut clients {
        actions.sort_by_key(key);
    }
    // The sort is stable, so clients with the same last action's time stay in the order of their ids.
    clients.sort_by_key(|actions| std::cmp::Reverse(actions.last().map(key)));
    let timeline = clients.iter().map(|actions| {
        let event = |entry: &&Entry<Value>| {
            json!({
                "at": entry.shown["requested_at"],
                "type": entry.shown["type"],
                "download_id": entry.shown["id"],
                "status": entry.shown["status"],
            })
        };
        let of_last = |member: &str| actions.last().map(|entry| entry.shown[member].clone());
        json!({
            "client": of_last("client"),
            "first_at": actions.first().map(|entry| entry.shown["requested_at"].clone()),
            "last_at": of_last("requested_at"),
            "events": actions.iter().map(event).collect::<Value>(),
        })
    });
    timeline.collect()
}
