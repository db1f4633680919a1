//! CSV and NDJSON: the page that is asked for, or, when none is, every row, read and sent a window at a time.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use serde_json::Value;

use crate::json::csv_cell;
use crate::list::{Asked, Endpoint, Entry, Format};
use crate::page::{Cursor, Window};
use crate::store::Store;

/// Rows read at a time, which bounds what an export holds in memory.
const WINDOW_ROWS: u64 = 1_000;
/// Naming any of these asks for one page.
const PAGE_PARAMETERS: [&str; 4] = ["cursor", "limit", "page", "per_page"];

/// Where an export is.
struct Progress {
    store: Store,
    asked: Asked,
    is_first: bool,
    is_done: bool,
}

/// The rows as a body that is written while it is read. A failure on the way breaks the connection off, so that a part
/// is never taken for the whole.
pub(crate) fn stream<E: Endpoint>(store: Store, mut asked: Asked) -> Response {
    let values = &asked.parameters.values;
    let is_one_page = PAGE_PARAMETERS.iter().any(|name| values.contains_key(*name));
    if !is_one_page {
        asked.window = Window { after: None, offset: 0, limit: WINDOW_ROWS };
    }
    let content_type = match asked.format {
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::Json | Format::NdJson => "application/x-ndjson",
    };
    let progress = Progress { store, asked, is_first: true, is_done: false };
    let chunks = stream::try_unfold(progress, move |progress| next::<E>(progress, is_one_page));
    ([(header::CONTENT_TYPE, content_type)], Body::from_stream(chunks)).into_response()
}

async fn next<E: Endpoint>(mut progress: Progress, is_one_page: bool) -> std::io::Result<Option<(Bytes, Progress)>> {
    if progress.is_done {
        return Ok(None);
    }
    let Progress { store, asked, is_first, .. } = &progress;
    let selection = &asked.parameters.selection;
    let entries = E::entries(store, selection, &asked.window).await;
    let entries = entries.map_err(|problem| std::io::Error::other(problem.message().to_owned()))?;
    let bytes = match asked.format {
        Format::Csv => csv::<E>(&entries, *is_first)?,
        Format::Json | Format::NdJson => lines(&entries),
    };
    let after = entries.last().filter(|_| entries.len() as u64 == WINDOW_ROWS && !is_one_page);
    let after = after.and_then(|last| Cursor::after(&last.row, selection.as_of, 1, String::new()));
    progress.is_first = false;
    progress.is_done = after.is_none();
    progress.asked.window = Window { after, offset: 0, limit: WINDOW_ROWS };
    Ok(Some((bytes, progress)))
}

fn lines(entries: &[Entry]) -> Bytes {
    entries.iter().map(|entry| format!("{}\n", entry.shown)).collect::<String>().into()
}

fn csv<E: Endpoint>(entries: &[Entry], with_header: bool) -> std::io::Result<Bytes> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if with_header {
        writer.write_record(E::COLUMNS.iter().map(|column| column.replace('/', "_")))?;
    }
    for entry in entries {
        let cell = |column: &&str| entry.shown.pointer(&format!("/{column}")).unwrap_or(&Value::Null);
        writer.write_record(E::COLUMNS.iter().map(|column| csv_cell(cell(column))))?;
    }
    writer.into_inner().map(Bytes::from).map_err(|error| std::io::Error::other(error.to_string()))
}
