//! `GET /collections/{id}/photo_downloads`: every photo received, alone or in an archive.

use std::collections::BTreeMap;

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde_json::{Value, json};

use crate::clients::Clients;
use crate::deliveries::{self, over_deliveries};
use crate::json::{Row, at, number, of, some, text};
use crate::list::{Endpoint, Entry, Summary};
use crate::page::Window;
use crate::parameters::{Selection, Takes};
use crate::store::Store;

const BY_PHOTO: &str = over_deliveries!(include_str!("by_photo.sql"));
const BY_RENDITION_AND_FORMAT: &str = over_deliveries!(include_str!("by_rendition_and_format.sql"));
/// Photos listed in `by_photo` (rule 56); the statement returns one more, to tell.
const BY_PHOTO_MAX: usize = 1_000;

/// The list of photo deliveries.
pub(crate) struct PhotoDownloads;

impl Endpoint for PhotoDownloads {
    const NAME: &'static str = "photo_downloads";
    const SCOPE: Scope = Scope::DownloadsRead;
    const TAKES: Takes =
        Takes { parameters: &deliveries::PARAMETERS, statuses: &deliveries::STATUSES, sort: "requested_at" };
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "download_id",
        "status",
        "requested_at",
        "completed_at",
        "client/id",
        "client/email",
        "client/name",
        "client/identified_by",
        "photo/id",
        "photo/gallery_id",
        "photo/gallery_name",
        "photo/filename",
        "photo/download_count",
        "photo/unique_download_count",
        "file/rendition",
        "file/format",
        "file/width",
        "file/height",
        "file/size_bytes",
        "source",
        "destination",
        "pin_used",
        "link_id",
        "paid",
        "filter_reason",
    ];

    fn narrow(selection: &mut Selection) {
        selection.media_kind = "photo";
    }

    async fn entries(store: &Store, selection: &Selection, window: &Window) -> Result<Vec<Entry>, Problem> {
        let rows = deliveries::rows(store, selection, window).await?;
        let clients = Clients::of(store, selection.account, &rows).await?;
        Ok(rows.into_iter().map(|row| Entry { shown: show(&row, &clients, selection), row }).collect())
    }

    async fn summary(store: &Store, selection: &Selection, _: &[Entry]) -> Result<Summary, Problem> {
        let (totals, by_photo, by_file) = tokio::try_join!(
            deliveries::totals(store, selection),
            store.rows(BY_PHOTO, selection),
            store.rows(BY_RENDITION_AND_FORMAT, selection),
        )?;
        let mut summary = json!({
            "attempts": number(&totals, "attempts"),
            "downloads": number(&totals, "downloads"),
            "unique_downloads": number(&totals, "unique_downloads"),
            "photos": number(&totals, "media"),
            "clients": number(&totals, "clients"),
            "by_source": deliveries::by_source(&totals),
            "by_photo": by_photo.iter().take(BY_PHOTO_MAX).map(photo_totals).collect::<Value>(),
            "by_rendition": grouped(&by_file, "rendition_text"),
            "by_format": grouped(&by_file, "file_format"),
        });
        if by_photo.len() > BY_PHOTO_MAX {
            summary["by_photo_truncated"] = json!(true);
        }
        Ok(Summary { total: number(&totals, "total"), members: vec![("summary", summary)] })
    }
}

fn show(row: &Row, clients: &Clients, selection: &Selection) -> Value {
    let (width, height) = deliveries::size(row);
    let mut shown = json!({
        "id": deliveries::id(row),
        "download_id": text(row, "sort_id"),
        "status": text(row, "status"),
        "requested_at": at(row, "sort_at"),
        "completed_at": at(row, "completed_at"),
        "client": clients.show(row, "identified_by", selection),
        "photo": {
            "id": number(row, "sort_number"),
            "gallery_id": of(row, "gallery_id"),
            "gallery_name": of(row, "gallery_name"),
            "filename": of(row, "filename"),
            "download_count": number(row, "download_count"),
            "unique_download_count": number(row, "unique_download_count"),
        },
        "file": {
            "rendition": text(row, "rendition"),
            "format": text(row, "file_format"),
            "width": width,
            "height": height,
            "size_bytes": number(row, "size_bytes"),
        },
        "source": text(row, "source"),
        "destination": text(row, "destination"),
        "pin_used": of(row, "pin_used"),
        "link_id": some(row, "link_id"),
        "paid": of(row, "paid"),
    });
    if selection.include_filtered {
        shown["filter_reason"] = some(row, "filter_reason");
    }
    shown
}

fn photo_totals(row: &Row) -> Value {
    json!({
        "photo_id": number(row, "media_id"),
        "download_count": number(row, "download_count"),
        "unique_download_count": number(row, "unique_download_count"),
        "first_at": at(row, "first_at"),
        "last_at": at(row, "last_at"),
    })
}

/// Downloads by one of the columns they are grouped by; what has none is absent (rule 56).
fn grouped(rows: &[Row], column: &str) -> Value {
    let mut groups: BTreeMap<&str, u64> = BTreeMap::new();
    for row in rows {
        *groups.entry(text(row, column)).or_default() += number(row, "downloads");
    }
    json!(groups)
}
