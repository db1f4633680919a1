//! A whole list as a table that is written while ClickHouse sends it: however many rows, in constant memory.

use std::io;
use std::pin::Pin;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use loupe_service::problem::Problem;
use tokio::sync::OwnedSemaphorePermit;

use super::shown;
use super::table::{Table, Writer};
use crate::ask::{App, Asked};
use crate::json::Row;
use crate::resource::List;

type Rows = Pin<Box<dyn Stream<Item = Result<Vec<Row>, Problem>> + Send>>;

/// Where an export is; dropping it ends the statement and gives the account's leave back.
struct Export {
    asked: Asked,
    rows: Rows,
    /// None once the last bytes are written.
    writer: Option<Writer>,
    _leave: OwnedSemaphorePermit,
}

/// Every row of the list. A failure on the way breaks the connection off, so that a part is never taken for the whole.
///
/// # Errors
/// The account has as many exports as it may, or the statement fails before its first rows.
pub(crate) async fn every_row<L: List>(app: &App, asked: Asked) -> Result<Response, Problem> {
    let selection = &asked.parameters.selection;
    let leave = app.limits.export(selection.account)?;
    let mut rows = Box::pin(asked.store.every_row(L::PAGES, selection)?);
    // What fails at once is answered with a status, which is sent before any row.
    let first = rows.next().await.transpose()?;
    let rows = Box::pin(stream::iter(first.map(Ok)).chain(rows));
    let format = asked.format;
    let writer = Writer::new(format, Table::of::<L::Shown>(L::COLUMNS)).map_err(|error| {
        tracing::error!(%error, "a table cannot be begun");
        Problem::internal()
    })?;
    let export = Export { asked, rows, writer: Some(writer), _leave: leave };
    let chunks = stream::try_unfold(export, next::<L>);
    Ok(([(header::CONTENT_TYPE, format.media_type())], Body::from_stream(chunks)).into_response())
}

async fn next<L: List>(mut export: Export) -> io::Result<Option<(Bytes, Export)>> {
    let Some(writer) = &mut export.writer else { return Ok(None) };
    let failed = |problem: Problem| io::Error::other(problem.message().to_owned());
    let Some(rows) = export.rows.next().await.transpose().map_err(failed)? else {
        let last = export.writer.take().map(Writer::finish).transpose()?.unwrap_or_default();
        return Ok(Some((last, export)));
    };
    let (store, selection) = (&export.asked.store, &export.asked.parameters.selection);
    let shown_rows = L::show(store, selection, &rows).await.map_err(failed)?;
    let shown_rows = shown_rows.iter().map(shown).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    store.answers(shown_rows.len());
    let bytes = writer.rows(&shown_rows)?;
    Ok(Some((bytes, export)))
}
