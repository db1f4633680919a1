//! The JSON envelope: `data`, `summary`, `meta` (DOMAIN §3).

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use loupe_schemas::definition;
use loupe_service::problem::Problem;
use serde_json::{Map, Value, json};

use crate::json::time;
use crate::list::{Asked, Entry, Summary};
use crate::page::Cursor;

const DAY_US: i64 = 86_400_000_000;
/// Parameters that say where in the list one is, not which list it is.
const PLACE: [&str; 5] = ["cursor", "limit", "page", "per_page", "format"];

/// The answer of one page.
pub(crate) fn json(
    asked: &Asked,
    entries: &[Entry],
    has_more: bool,
    summary: Summary,
    cursor_key: &str,
) -> Result<Response, Problem> {
    let next = entries.last().filter(|_| has_more).and_then(|last| {
        Cursor::after(&last.row, asked.parameters.selection.as_of, asked.page + 1, asked.query.clone())
    });
    let next = next.map(|cursor| cursor.sign(cursor_key));
    let mut body = Map::new();
    body.insert("data".to_owned(), entries.iter().map(|entry| entry.shown.clone()).collect());
    for (name, value) in summary.members {
        body.insert(name.to_owned(), value);
    }
    body.insert("meta".to_owned(), meta(asked, summary.total, next.as_deref()));
    let text = serde_json::to_vec(&body).map_err(|error| {
        tracing::error!(%error, "an answer is no JSON");
        Problem::internal()
    })?;
    let mut response = ([(header::CONTENT_TYPE, "application/json")], text).into_response();
    if let Some(next) = next {
        let link = format!("<{}>; rel=\"next\"", url(asked, &[("cursor", &next)]));
        // Built of percent-encoded parts, so it is always a header value.
        response.headers_mut().extend(HeaderValue::from_str(&link).ok().map(|link| (header::LINK, link)));
    }
    Ok(response)
}

fn meta(asked: &Asked, total: u64, next: Option<&str>) -> Value {
    let per_page = asked.window.limit;
    let pages = total.div_ceil(per_page).max(1);
    let as_of = asked.parameters.selection.as_of;
    let (from, to) = asked.parameters.selection.bounds();
    json!({
        "current_page": asked.page,
        "per_page": per_page,
        "total": total,
        "last_page": pages,
        "total_pages": pages,
        "from": from,
        "to": to,
        "next_cursor": next,
        "csv_url": url(asked, &[("format", "csv")]),
        "as_of": time(Some(as_of)),
        // Rule 7.
        "provisional_after": time(Some((as_of.div_euclid(DAY_US) - 1) * DAY_US)),
        "position": asked.position.to_string(),
        "definition": definition::CURRENT,
    })
}

/// This query's URL at another place.
fn url(asked: &Asked, place: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let values = &asked.parameters.values;
    query.extend_pairs(values.iter().filter(|(name, _)| !PLACE.contains(&name.as_str())));
    let is_page = place.iter().any(|(name, _)| *name == "cursor");
    let size = ["limit", "per_page"].into_iter().filter_map(|name| Some((name, values.get(name)?)));
    query.extend_pairs(size.filter(|_| is_page));
    query.extend_pairs(place);
    format!("{}?{}", asked.path, query.finish())
}
