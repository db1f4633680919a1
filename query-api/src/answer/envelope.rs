//! The JSON envelope: `data`, `summary`, `meta` (DOMAIN §3).

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ask::Asked;
use crate::page::Cursor;
use crate::parameters::DAY_US;
use crate::resource::{Entry, Format, Summary};

/// Parameters that say where in the list one is, not which list it is.
const PLACE: [&str; 5] = ["cursor", "limit", "page", "per_page", "format"];

#[derive(Serialize)]
struct Envelope<D, M, T> {
    data: D,
    #[serde(flatten)]
    members: M,
    meta: T,
}

/// Where this page is in the list, and what its numbers include.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListMeta {
    /// The page, from 1 on.
    current_page: u64,
    /// Rows of a page.
    per_page: u64,
    /// Rows of all pages together.
    total: u64,
    /// The last page; 1 when the list is empty (rule 99).
    last_page: u64,
    /// The same as `last_page`.
    total_pages: u64,
    /// The cursor of the next page; null on the last.
    next_cursor: Option<String>,
    #[serde(flatten)]
    of_any: Meta,
}

/// What the numbers of an answer include.
#[derive(Serialize, ToSchema)]
pub(crate) struct Meta {
    /// The lower bound that was asked for; null when open.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// The upper bound that was asked for, itself excluded; null when open.
    #[schema(format = DateTime)]
    to: Option<String>,
    /// The same query as CSV; null when it is no table.
    csv_url: Option<String>,
    /// When the answer was made: idleness and expiry are decided at this time (rule 6).
    #[schema(format = DateTime)]
    as_of: String,
    /// Numbers of days from this time on may still change with late events (rule 7).
    #[schema(format = DateTime)]
    provisional_after: String,
    /// The position in the log that the numbers include at least (rule 101).
    #[schema(example = "c0:875.e0:27712")]
    position: String,
    /// The version of the counting rules that the numbers follow.
    #[schema(example = "v1")]
    definition: String,
}

/// The answer of one page of a list.
pub(crate) fn list<S: Serialize, M: Serialize>(
    asked: &Asked,
    entries: &[Entry<S>],
    has_more: bool,
    summary: Summary<M>,
    cursor_key: &str,
) -> Result<Response, Problem> {
    let next = next_cursor(asked, entries, has_more, cursor_key);
    let pages = summary.total.div_ceil(asked.window.limit).max(1);
    let meta = ListMeta {
        current_page: asked.page,
        per_page: asked.window.limit,
        total: summary.total,
        last_page: pages,
        total_pages: pages,
        next_cursor: next.clone(),
        of_any: meta(asked, true),
    };
    let data: Vec<&S> = entries.iter().map(|entry| &entry.shown).collect();
    let mut response = json(&Envelope { data, members: summary.members, meta })?;
    if let Some(next) = next {
        link(&mut response, asked, &next);
    }
    Ok(response)
}

/// The cursor of the page after the one of these rows, when there is one.
pub(crate) fn next_cursor<S>(asked: &Asked, entries: &[Entry<S>], has_more: bool, cursor_key: &str) -> Option<String> {
    let last = entries.last().filter(|_| has_more)?;
    let as_of = asked.parameters.selection.as_of;
    let cursor = Cursor::after(&last.row, as_of, asked.page + 1, asked.query.clone())?;
    Some(cursor.sign(cursor_key))
}

/// Leads on to the page of a cursor, in whatever format the answer is.
pub(crate) fn link(response: &mut Response, asked: &Asked, next: &str) {
    let link = format!("<{}>; rel=\"next\"", url(asked, &[("cursor", next)]));
    // Built of percent-encoded parts, so it is always a header value.
    response.headers_mut().extend(HeaderValue::from_str(&link).ok().map(|link| (header::LINK, link)));
}

/// The answer of a report.
pub(crate) fn report<D: Serialize, M: Serialize>(
    asked: &Asked,
    data: D,
    members: M,
    is_table: bool,
) -> Result<Response, Problem> {
    json(&Envelope { data, members, meta: meta(asked, is_table) })
}

fn json(body: &impl Serialize) -> Result<Response, Problem> {
    let text = serde_json::to_vec(body).map_err(|error| {
        tracing::error!(%error, "an answer is no JSON");
        Problem::internal()
    })?;
    Ok(([(header::CONTENT_TYPE, Format::Json.media_type())], text).into_response())
}

fn meta(asked: &Asked, is_table: bool) -> Meta {
    let selection = &asked.parameters.selection;
    let time = |at: i64| loupe_schemas::Micros(at).to_string();
    Meta {
        from: selection.from.map(time),
        to: selection.to.map(time),
        csv_url: is_table.then(|| url(asked, &[("format", "csv")])),
        as_of: time(selection.as_of),
        // Rule 7.
        provisional_after: time((selection.as_of.div_euclid(DAY_US) - 1) * DAY_US),
        position: asked.position.to_string(),
        definition: asked.served.version.clone(),
    }
}

/// This query's URL at another place.
fn url(asked: &Asked, place: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let values = &asked.parameters.values;
    query.extend_pairs(values.iter().filter(|(name, _)| !PLACE.contains(&name.as_str())));
    let is_page = place.iter().any(|(name, _)| *name == "cursor");
    let kept = ["limit", "per_page", "format"].into_iter().filter_map(|name| Some((name, values.get(name)?)));
    query.extend_pairs(kept.filter(|_| is_page));
    query.extend_pairs(place);
    format!("{}?{}", asked.path, query.finish())
}
