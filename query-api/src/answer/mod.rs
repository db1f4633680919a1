//! Answers: lists and reports as JSON or as tables, with their tags.

mod envelope;
pub(crate) mod etag;
mod stream;
pub(crate) mod table;

pub(crate) use envelope::{ListMeta, Meta};

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use loupe_service::problem::Problem;
use serde_json::Value;

use crate::ask::{App, Asked, Incoming, Step, ask};
use crate::parameters::wrong;
use crate::resource::{Entry, Format, List, Report};
use table::{Table, Writer};

/// Naming any of these asks a table for one page.
const PAGE_PARAMETERS: [&str; 4] = ["cursor", "limit", "page", "per_page"];

/// Answers a request for a list.
pub(crate) async fn list<L: List>(app: App, incoming: Incoming) -> Result<Response, Problem> {
    let asked = match ask::<L>(&app, &incoming).await? {
        Step::Answer(asked) => *asked,
        Step::Unchanged(response) => return Ok(response),
    };
    let tag = asked.tag::<L>(&app.cursor_key);
    let of_page = PAGE_PARAMETERS.into_iter().find(|name| asked.parameters.values.contains_key(*name));
    let (mut response, tag) = match asked.format {
        Format::Json => {
            let (response, tag) = tokio::try_join!(page_as_json::<L>(&asked, &app.cursor_key), tag)?;
            (response, tag)
        }
        Format::Names(form) => {
            if let Some(name) = of_page {
                return Err(wrong(name, "cannot be given with file names, which are of the whole list"));
            }
            let names = L::names(&asked.store, &asked.parameters.selection, form);
            tokio::try_join!(names, tag)?
        }
        _ if of_page.is_some() => {
            let (response, tag) = tokio::try_join!(page_as_table::<L>(&asked, &app.cursor_key), tag)?;
            (response, tag)
        }
        _ => {
            let tag = tag.await?;
            (stream::every_row::<L>(&app, asked).await?, tag)
        }
    };
    etag::write(response.headers_mut(), &tag);
    Ok(response)
}

/// Answers a request for a report.
pub(crate) async fn report<R: Report>(app: App, incoming: Incoming) -> Result<Response, Problem> {
    let asked = match ask::<R>(&app, &incoming).await? {
        Step::Answer(asked) => *asked,
        Step::Unchanged(response) => return Ok(response),
    };
    let answer = R::answer(&asked.store, &asked.parameters.selection);
    let ((data, members), tag) = tokio::try_join!(answer, asked.tag::<R>(&app.cursor_key))?;
    let is_table = !R::COLUMNS.is_empty();
    let mut response = if is_table && asked.format != Format::Json {
        let rows = shown(&data)?;
        let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
        asked.store.answers(rows.len());
        table(asked.format, Table::of_rows::<R::Data>(R::COLUMNS), rows)?
    } else {
        asked.store.answers(1);
        envelope::report(&asked, data, members, is_table)?
    };
    etag::write(response.headers_mut(), &tag);
    Ok(response)
}

async fn page_as_json<L: List>(asked: &Asked, cursor_key: &str) -> Result<Response, Problem> {
    let (store, selection) = (&asked.store, &asked.parameters.selection);
    let ((entries, has_more), mut summary) = tokio::try_join!(page::<L>(asked), L::summary(store, selection))?;
    L::complete(&mut summary.members, &entries);
    envelope::list(asked, &entries, has_more, summary, cursor_key)
}

async fn page_as_table<L: List>(asked: &Asked, cursor_key: &str) -> Result<Response, Problem> {
    let (entries, has_more) = page::<L>(asked).await?;
    let rows = entries.iter().map(|entry| shown(&entry.shown)).collect::<Result<Vec<_>, _>>()?;
    let mut response = table(asked.format, Table::of::<L::Shown>(L::COLUMNS), &rows)?;
    if let Some(next) = envelope::next_cursor(asked, &entries, has_more, cursor_key) {
        envelope::link(&mut response, asked, &next);
    }
    Ok(response)
}

/// The rows of the page that is asked for, and whether a page follows.
async fn page<L: List>(asked: &Asked) -> Result<(Vec<Entry<L::Shown>>, bool), Problem> {
    let (store, selection) = (&asked.store, &asked.parameters.selection);
    // One row more tells whether a page follows; a count would not while rows come and go.
    let mut rows = store.page(L::PAGES, selection, &asked.window.one_more()).await?;
    let has_more = rows.len() as u64 > asked.window.limit;
    rows.truncate(usize::try_from(asked.window.limit).unwrap_or(usize::MAX));
    let shown = L::show(store, selection, &rows).await?;
    store.answers(rows.len());
    Ok((rows.into_iter().zip(shown).map(|(row, shown)| Entry { row, shown }).collect(), has_more))
}

/// A table that is at hand as a whole.
fn table(format: Format, table: Table, rows: &[Value]) -> Result<Response, Problem> {
    let written = || {
        let mut writer = Writer::new(format, table)?;
        let mut bytes = writer.rows(rows)?.to_vec();
        bytes.extend(writer.finish()?);
        Ok::<_, std::io::Error>(bytes)
    };
    let bytes = written().map_err(|error| {
        tracing::error!(%error, "a table cannot be written");
        Problem::internal()
    })?;
    Ok(([(header::CONTENT_TYPE, format.media_type())], Body::from(bytes)).into_response())
}

/// A row or a report as JSON.
fn shown(value: &impl serde::Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|error| {
        tracing::error!(%error, "a row is no JSON");
        Problem::internal()
    })
}
