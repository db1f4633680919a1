//! `GET /collections/{id}/downloads/`: every photo, video and archive action, what became of it, and its transfer.

mod shown;

use std::collections::{BTreeMap, HashMap};

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde_json::Value;

use crate::changes::{self, Changes};
use crate::clients::Clients;
use crate::deliveries::STATUSES;
use crate::json::{Row, flag, number, number_of, quotient, ratio, text, text_of, time_of};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{Entry, List, Resource, Summary};
use crate::store::Store;
pub(crate) use shown::Action;
use shown::{
    ActionFile, Bandwidth, ByStatus, ByType, ClientAction, ClientActions, Delivered, DownloadsSummary, Failure, Items,
    Members, Transfer,
};

/// A statement over the selected actions.
macro_rules! over_actions {
    ($($part:expr),+) => { concat!(include_str!("selection.sql"), $($part),+) };
}

/// The pages of the list.
pub(crate) const PAGES: [&str; 2] = [
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
    const CHANGES: Changes = changes::DOWNLOADS;
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
    type Shown = Action;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<Action>, Problem> {
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

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let unattributed = async {
            // Rule 67: bytes without an action match no filter but time.
            if selection.is_filtered() { Ok(Row::new()) } else { store.row(UNATTRIBUTED, selection).await }
        };
        let (totals, deliveries, unattributed) =
            tokio::try_join!(store.row(SUMMARY, selection), store.row(DELIVERIES, selection), unattributed)?;
        let summary = summarize(&totals, &deliveries, &unattributed);
        let total = number(&totals, "total");
        Ok(Summary { total, members: Members { summary, client_timeline: Vec::new() } })
    }

    fn complete(members: &mut Members, entries: &[Entry<Action>]) {
        members.client_timeline = client_timeline(entries);
    }
}

fn summarize(totals: &Row, deliveries: &Row, unattributed: &Row) -> DownloadsSummary {
    let count = |name: &str| number(totals, name);
    let downloads = count("downloads");
    DownloadsSummary {
        attempts: count("attempts"),
        downloads,
        unique_downloads: count("unique_downloads"),
        by_type: ByType { photo: count("photo"), video: count("video"), archive: count("archive") },
        deliveries: Delivered { photos: number(deliveries, "photos"), videos: number(deliveries, "videos") },
        by_status: ByStatus {
            requested: count("requested"),
            preparing: count("preparing"),
            in_progress: count("in_progress"),
            completed: downloads,
            partial: count("partial"),
            failed: count("failed"),
            abandoned: count("abandoned"),
        },
        success_rate: quotient(downloads, downloads + count("partial") + count("failed")),
        bandwidth: Bandwidth {
            transferred_bytes: count("transferred"),
            delivered_bytes: count("delivered"),
            filtered_bytes: count("filtered") + number(unattributed, "filtered_bytes"),
            unattributed_bytes: number(unattributed, "unattributed_bytes"),
            p50_bits_per_second: number_of(totals, "p50_bits_per_second"),
            p95_ttfb_ms: number_of(totals, "p95_ttfb_ms"),
        },
    }
}

fn show(row: &Row, retried_as: Option<&str>, clients: &Clients, selection: &Selection) -> Action {
    let (id, status) = (text(row, "sort_id").to_owned(), text(row, "status").to_owned());
    let failure = (status == "failed").then(|| Failure {
        code: text(row, "failure_code").to_owned(),
        http_status: number_of(row, "failure_http_status"),
        // Some rows were stored before a denied preparation was known to be final.
        retryable: flag(row, "failure_retryable") && text(row, "failure_code") != "denied",
        retried_as: retried_as.map(ToOwned::to_owned),
    });
    let (hits, segments) = (number(row, "cache_hits"), number(row, "segments"));
    Action {
        kind: text(row, "type").to_owned(),
        status,
        failure,
        requested_at: time_of(row, "sort_at"),
        client: clients.show(row, "known_by", selection),
        items: Items { photos: number(row, "photos"), videos: number(row, "videos") },
        items_url: format!("/downloads/{id}/items"),
        id,
        file: ActionFile {
            rendition: text(row, "file_rendition").to_owned(),
            format: text(row, "file_format").to_owned(),
            size_bytes: number_of(row, "size_bytes"),
        },
        transfer: Transfer {
            transferred_bytes: number(row, "transferred_bytes"),
            delivered_bytes: number(row, "delivered_bytes"),
            duration_ms: number(row, "duration_ms"),
            ttfb_ms: number_of(row, "ttfb_ms"),
            avg_bits_per_second: number_of(row, "avg_bits_per_second"),
            segments,
            cache_hit_ratio: ratio(hits, segments, 100).as_f64(),
            edge_pop: text_of(row, "pop"),
            country: text_of(row, "country_code"),
        },
        filter_reason: selection.include_filtered.then(|| text_of(row, "reason")),
    }
}

/// The rows of this page by client: clients by their last action, latest first, actions by time (rule 68).
fn client_timeline(entries: &[Entry<Action>]) -> Vec<ClientActions> {
    let mut by_client: BTreeMap<&str, Vec<&Entry<Action>>> = BTreeMap::new();
    for entry in entries {
        by_client.entry(text(&entry.row, "client_id")).or_default().push(entry);
    }
    let key = |entry: &&Entry<Action>| {
        (entry.row.get("sort_at").and_then(Value::as_i64), text(&entry.row, "sort_id").to_owned())
    };
    let mut clients: Vec<Vec<&Entry<Action>>> = by_client.into_values().collect();
    for actions in &mut clients {
        actions.sort_by_key(key);
    }
    // The sort is stable, so clients with the same last action's time stay in the order of their ids.
    clients.sort_by_key(|actions| std::cmp::Reverse(actions.last().map(key)));
    clients.iter().map(|actions| of_client(actions)).collect()
}

fn of_client(actions: &[&Entry<Action>]) -> ClientActions {
    let event = |entry: &&Entry<Action>| ClientAction {
        at: entry.shown.requested_at.clone(),
        kind: entry.shown.kind.clone(),
        download_id: entry.shown.id.clone(),
        status: entry.shown.status.clone(),
    };
    let last = actions.last();
    ClientActions {
        client: last.and_then(|entry| entry.shown.client.clone()),
        first_at: actions.first().and_then(|entry| entry.shown.requested_at.clone()),
        last_at: last.and_then(|entry| entry.shown.requested_at.clone()),
        events: actions.iter().map(event).collect(),
    }
}
