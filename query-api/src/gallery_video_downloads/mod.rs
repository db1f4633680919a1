//! `GET /collections/{id}/gallery_video_downloads`: every film received, how far, and by which byte ranges.

use std::collections::HashMap;

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::changes;
use crate::clients::Clients;
use crate::deliveries::{self, over_deliveries};
use crate::json::{Row, at, number, of, ratio, some, text, time};
use crate::parameters::{Selection, Takes};
use crate::resource::{Entry, List, Resource, Summary};
use crate::store::Store;

const HISTORY: &str = include_str!("history.sql");
const BY_CLIENT: &str = over_deliveries!(include_str!("by_client.sql"));

/// The list of video deliveries.
pub(crate) struct GalleryVideoDownloads;

impl Resource for GalleryVideoDownloads {
    const NAME: &'static str = "gallery_video_downloads";
    const ABOUT: &'static str = "Every film received: how far, and by which byte ranges.";
    const SCOPE: Scope = Scope::DownloadsRead;
    const TAKES: Takes = deliveries::TAKES;
    const CHANGES: Option<&'static str> = Some(changes::DOWNLOADS);

    fn narrow(selection: &mut Selection) {
        selection.media_kind = "video";
    }
}

impl List for GalleryVideoDownloads {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "download_id",
        "source",
        "status",
        "requested_at",
        "client/id",
        "client/email",
        "client/name",
        "client/identified_by",
        "video/id",
        "video/gallery_id",
        "video/filename",
        "video/duration_seconds",
        "video/width",
        "video/height",
        "video/codec",
        "video/container",
        "video/download_count",
        "file/rendition",
        "file/format",
        "file/size_bytes",
        "completion/complete",
        "completion/percent",
        "completion/delivered_bytes",
        "completion/resumes",
        "completion/last_activity_at",
        "history",
        "filter_reason",
    ];
    const PAGES: [&'static str; 2] = deliveries::PAGES;
    type Shown = Value;
    type Members = Members;

    async fn show(store: &Store, selection: &Selection, rows: &[Row]) -> Result<Vec<Value>, Problem> {
        let ids: Vec<String> = rows.iter().map(|row| text(row, "sort_id").to_owned()).collect();
        let (clients, histories) =
            tokio::try_join!(Clients::of(store, selection.account, rows), store.by_download(HISTORY, selection, &ids))?;
        let histories: HashMap<&str, &Row> = histories.iter().map(|row| (text(row, "download_text"), row)).collect();
        let show = |row: &Row| {
            let history = histories.get(text(row, "sort_id")).map_or(json!([]), |history| segments(history));
            show(row, history, &clients, selection)
        };
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(store: &Store, selection: &Selection, _: &[Entry<Value>]) -> Result<Summary<Members>, Problem> {
        let (totals, by_client) =
            tokio::try_join!(deliveries::totals(store, selection), store.rows(BY_CLIENT, selection))?;
        let clients = Clients::of(store, selection.account, &by_client).await?;
        let client_totals = |row: &Row| {
            json!({
                "client": clients.show(row, "last_identified_by", selection),
                "attempts": number(row, "attempts"),
                "downloads": number(row, "downloads"),
            })
        };
        let (attempts, downloads) = (number(&totals, "attempts"), number(&totals, "downloads"));
        let summary = json!({
            "attempts": attempts,
            "downloads": downloads,
            "unique_downloads": number(&totals, "unique_downloads"),
            "completion_rate": ratio(downloads, attempts, 1000),
            "by_source": deliveries::by_source(&totals),
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

fn show(row: &Row, history: Value, clients: &Clients, selection: &Selection) -> Value {
    let mut shown = json!({
        "id": deliveries::id(row),
        "download_id": text(row, "sort_id"),
        "source": text(row, "source"),
        "status": text(row, "status"),
        "requested_at": at(row, "sort_at"),
        "client": clients.show(row, "identified_by", selection),
        "video": {
            "id": number(row, "sort_number"),
            "gallery_id": of(row, "gallery_id"),
            "filename": of(row, "filename"),
            "duration_seconds": of(row, "duration_seconds"),
            "width": of(row, "width"),
            "height": of(row, "height"),
            "codec": of(row, "codec"),
            "container": of(row, "container"),
            "download_count": number(row, "download_count"),
        },
        "file": {
            "rendition": text(row, "rendition"),
            "format": text(row, "file_format"),
            "size_bytes": number(row, "size_bytes"),
        },
        "completion": {
            "complete": text(row, "status") == "completed",
            "percent": deliveries::percent(row),
            "delivered_bytes": number(row, "delivered_bytes"),
            "resumes": number(row, "resumes"),
            "last_activity_at": at(row, "last_activity_at"),
        },
        "history": history,
    });
    if selection.include_filtered {
        shown["filter_reason"] = some(row, "filter_reason");
    }
    shown
}

/// The unfiltered responses of a download, which the table keeps as one array for each of their fields.
fn segments(row: &Row) -> Value {
    let column = |name: &str| row.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let field = |name: &str, index: usize| column(name).get(index).cloned().unwrap_or_default();
    let segment = |(index, at): (usize, &Value)| {
        json!({
            "at": time(at.as_i64()),
            "range_start": field("range_start", index),
            "range_end": field("range_end", index),
            "body_bytes": field("body_bytes", index),
            "http_status": field("http_status", index),
            "end_reason": field("end_reason", index),
        })
    };
    column("at").iter().enumerate().map(segment).collect()
}
