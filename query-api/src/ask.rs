//! What every route does alike before it answers: who asks, for which account, which rows, as of when, in which format.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::RawPathParams;
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use loupe_schemas::position::Position;
use loupe_service::clock;
use loupe_service::keys::{KeyStore, Principal, Scope};
use loupe_service::problem::Problem;
use serde_json::json;
use uuid::Uuid;

use crate::activity::Counts;
use crate::answer::etag::{self, Basis, FOR_GOOD};
use crate::changes::Changes;
use crate::clients;
use crate::collection::Collections;
use crate::description::written;
use crate::erasure::Orders;
use crate::limits::Limits;
use crate::page::{Cursor, Window, fingerprint};
use crate::parameters::{DAY_US, Parameters, Selection, fits_id, wrong};
use crate::position::{Positions, Projected};
use crate::resource::{Format, Resource};
use crate::served::Served;
use crate::store::Store;
use crate::trace::Trace;

const MIN_POSITION: &str = "loupe-min-position";
const RETRY_AFTER_S: u64 = 5;
/// Names of places in a route's path.
const COLLECTION: &str = "collection_id";
const CLIENT: &str = "client_id";
const DOWNLOAD: &str = "download_id";
const PHOTO: &str = "photo_id";

/// What requests share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) keys: Arc<KeyStore>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) collections: Arc<Collections>,
    pub(crate) positions: Positions,
    pub(crate) counts: Arc<Counts>,
    pub(crate) cursor_key: Arc<str>,
    pub(crate) min_position_wait: Duration,
    /// Where erasures are written; none when nobody said.
    pub(crate) orders: Option<Orders>,
}

/// A request as it came.
pub(crate) struct Incoming {
    pub(crate) path: RawPathParams,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) trace: Arc<Trace>,
}

/// A request that was understood and is allowed.
pub(crate) struct Asked {
    /// Reads the tables for this request alone.
    pub(crate) store: Store,
    pub(crate) parameters: Parameters,
    pub(crate) window: Window,
    pub(crate) page: u64,
    pub(crate) format: Format,
    /// What cursors of this query carry.
    pub(crate) query: String,
    pub(crate) position: Position,
    /// What the store reads.
    pub(crate) served: Arc<Served>,
    pub(crate) path: String,
    basis: Basis,
}

/// What is to be done about a request.
pub(crate) enum Step {
    /// Answer it.
    Answer(Box<Asked>),
    /// What the reader has still stands.
    Unchanged(Response),
}

impl Asked {
    /// The tag of this request's answer: when time next changes it is asked of the tables, unless a cursor pins it.
    ///
    /// # Errors
    /// The statement failed.
    pub(crate) async fn tag<R: Resource>(&self, key: &str) -> Result<String, Problem> {
        let selection = &self.parameters.selection;
        let as_of = selection.as_of;
        let until = match R::CHANGES {
            _ if self.window.after.is_some() => return Ok(self.basis.tag(as_of, FOR_GOOD, key)),
            Changes::Never => FOR_GOOD,
            Changes::Every(part_us) => next_whole(as_of, part_us),
            Changes::When(sql) => {
                let row = self.store.row(sql, selection).await?;
                row.get("changes_us").and_then(serde_json::Value::as_i64).unwrap_or(FOR_GOOD)
            }
        };
        // At midnight `provisional_after` moves on (rule 7).
        Ok(self.basis.tag(as_of, until.min(next_whole(as_of, DAY_US)), key))
    }
}

/// The next whole multiple of a part of time.
const fn next_whole(at: i64, part_us: i64) -> i64 {
    (at.div_euclid(part_us) + 1) * part_us
}

/// Who asks, once counted against the key's allowance.
///
/// # Errors
/// 401 without a good key, 403 without the scope, 429 past the allowance.
pub(crate) fn admit(app: &App, headers: &HeaderMap, trace: &Trace, scope: Scope) -> Result<Principal, Problem> {
    let principal = app.keys.authorize(headers, scope)?;
    let (allowance, counted) = app.limits.request(&principal.key_id);
    trace.leaves(allowance);
    counted?;
    Ok(principal)
}

/// Understands a request for `R`.
///
/// # Errors
/// The answer to a request that is wrong, not allowed, too much, too early, or about what does not exist.
pub(crate) async fn ask<R: Resource>(app: &App, incoming: &Incoming) -> Result<Step, Problem> {
    let Incoming { path, uri, headers, trace } = incoming;
    let principal = admit(app, headers, trace, R::SCOPE)?;
    let mut parameters = Parameters::read(uri.query().unwrap_or_default(), &R::TAKES)?;
    let selection = &mut parameters.selection;
    selection.account = account(&principal, parameters.values.get("account_id").map(String::as_str))?;
    trace.is_asked_by(selection.account, &principal.key_id);
    place(selection, path)?;
    selection.shows_pii = principal.has(Scope::ClientsPii);
    selection.shows_secrets = principal.has(Scope::LinksSecret);
    R::narrow(selection);
    // What is served now is read to the end, whatever is served by then.
    let Projected { served, position } = reach(app, headers).await?;
    let query = fingerprint(R::NAME, &served.name(), &parameters);
    let cursor =
        parameters.values.get("cursor").map(|text| Cursor::verify(text, &app.cursor_key, &query)).transpose()?;
    let page = cursor.as_ref().map(|cursor| cursor.page).or(parameters.page).unwrap_or(1);
    let now = clock::now_micros();
    parameters.selection.as_of = cursor.as_ref().map_or(now, |cursor| cursor.as_of);
    let format = format(parameters.values.get("format").map(String::as_str), headers, &written(&R::TAKES));
    let basis = basis(&parameters, uri, format, &query, &position);
    if let Some(tag) = basis.standing(headers, now, &app.cursor_key) {
        return Ok(Step::Unchanged(etag::unchanged(&tag)));
    }
    let store = app.store.of(&served.database).asked_by(&app.limits, trace, parameters.selection.account);
    clients::resolve(&store, &mut parameters.selection).await?;
    let has_collection = path.iter().any(|(name, _)| name == COLLECTION);
    if has_collection {
        app.collections.require(&store, &parameters.selection).await?;
    }
    if let Some((sql, otherwise)) = R::NEEDS {
        let found = store.rows(sql, &parameters.selection).await?;
        let collection = found.first().and_then(|row| row.get("collection_id")?.as_u64());
        parameters.selection.within(collection.ok_or_else(|| Problem::not_found(otherwise))?);
    }
    let offset = if cursor.is_some() { 0 } else { (page - 1) * parameters.per_page };
    Ok(Step::Answer(Box::new(Asked {
        store,
        window: Window { after: cursor, offset, limit: parameters.per_page },
        format,
        path: uri.path().to_owned(),
        parameters,
        page,
        query,
        position,
        served,
        basis,
    })))
}

/// Reads what the path names into the selection.
fn place(selection: &mut Selection, path: &RawPathParams) -> Result<(), Problem> {
    for (name, value) in path {
        let number = || value.parse().map_err(|_| wrong(name, "must be a number"));
        match name {
            COLLECTION => selection.within(number()?),
            PHOTO => {
                selection.photo = number()?;
                selection.media = vec![selection.photo];
            }
            DOWNLOAD => selection.download = Uuid::parse_str(value).map_err(|_| wrong(name, "must be a UUID"))?,
            CLIENT if fits_id(value) => {
                value.clone_into(&mut selection.client);
                selection.clients = vec![value.to_owned()];
            }
            CLIENT => return Err(wrong(name, "must be an id of 1 to 64 bytes")),
            _ => {}
        }
    }
    Ok(())
}

/// The account asked about: the key's own, or the one named; another's does not exist for this key.
pub(crate) fn account(principal: &Principal, named: Option<&str>) -> Result<u64, Problem> {
    match named.and_then(|text| text.parse().ok()) {
        Some(account) if principal.accounts.allows(account) => Ok(account),
        Some(_) => Err(Problem::not_found("there is no such account")),
        None => {
            let only = principal.accounts.only();
            only.ok_or_else(|| wrong("account_id", "is required: this key acts for several accounts"))
        }
    }
}

/// The format named, else the one of those the route writes that the client likes best, else JSON.
fn format(named: Option<&str>, headers: &HeaderMap, written: &[Format]) -> Format {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    named.and_then(Format::of_word).or_else(|| liked_best(accepted, written)).unwrap_or(Format::Json)
}

/// The format of the highest quality; of several JSON if it is named, else the first that is named, else the first.
fn liked_best(accepted: &str, written: &[Format]) -> Option<Format> {
    let accepted = accepted.to_ascii_lowercase();
    let ranges: Vec<(&str, f32)> = accepted.split(',').map(range).collect();
    let ranked = written.iter().filter_map(|format| {
        let (place, (name, quality)) = most_specific(&ranges, *format)?;
        let named = match format {
            _ if name.contains('*') => 0,
            Format::Json => 2,
            _ => 1,
        };
        (quality > 0.0).then_some(((quality, named, Reverse(place)), *format))
    });
    ranked.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, format)| format)
}

/// A media range with its quality.
fn range(choice: &str) -> (&str, f32) {
    let (name, parameters) = choice.split_once(';').unwrap_or((choice, ""));
    let quality = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("q="));
    (name.trim(), quality.and_then(|text| text.trim().parse().ok()).unwrap_or(1.0))
}

/// The range that says how well a format is liked, and its place: the type itself goes before its family, and that before
/// any (RFC 9110, 12.5.1).
fn most_specific<'a>(ranges: &[(&'a str, f32)], format: Format) -> Option<(usize, (&'a str, f32))> {
    let (media_type, family) = format.accepted_as()?;
    let find = |wanted: &str| ranges.iter().copied().enumerate().find(|(_, (name, _))| *name == wanted);
    [media_type, family, "*/*"].into_iter().find_map(find)
}

/// What an answer depends on beside time; the page and the format too, since each is another representation.
fn basis(parameters: &Parameters, uri: &Uri, format: Format, query: &str, position: &Position) -> Basis {
    let selection = &parameters.selection;
    let sees = format!("{}{}", u8::from(selection.shows_pii), u8::from(selection.shows_secrets));
    let position = position.to_string();
    // The query names what is served. The path and query as they were sent are repeated in links.
    let (path, sent) = (uri.path(), uri.query().unwrap_or_default());
    let version = concat!(env!("CARGO_PKG_VERSION"), "/");
    Basis::of(&[query, path, sent, format.media_type(), &sees, &position, version])
}

/// What is served, once it covers what the reader must see (rule 101).
pub(crate) async fn reach(app: &App, headers: &HeaderMap) -> Result<Projected, Problem> {
    let lines = headers.get_all(MIN_POSITION).into_iter().map(|value| value.to_str().unwrap_or("?"));
    // A proxy may send several lines on as one, with commas between; joined by dots they are one position.
    let texts: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    if texts.is_empty() {
        return app.positions.now().await;
    }
    let wanted = texts.join(".").parse::<Position>();
    let wanted = wanted.map_err(|error| wrong("Loupe-Min-Position", &error.to_string()))?;
    let now = app.positions.reach(&wanted, app.min_position_wait).await?;
    let position = &now.position;
    if position.covers(&wanted) {
        return Ok(now);
    }
    let missing = position.missing(&wanted);
    let message = format!("the projection has reached {position}, {missing} records before {wanted}");
    let details = json!({"position": position.to_string(), "missing_records": missing});
    Err(Problem::unavailable("position_not_reached", message, RETRY_AFTER_S).with_details(details))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::FileNames;

    #[test]
    fn the_format_named_goes_before_the_one_accepted() {
        let accepts = |text: &str| HeaderMap::from_iter([(header::ACCEPT, text.parse().unwrap())]);
        let all = || &[Format::Json, Format::Csv, Format::NdJson, Format::Parquet];
        assert_eq!(format(None, &HeaderMap::new(), all()), Format::Json);
        assert_eq!(format(None, &accepts("text/html, text/csv;q=0.9"), all()), Format::Csv);
        assert_eq!(format(None, &accepts("application/vnd.apache.parquet"), all()), Format::Parquet);
        assert_eq!(format(None, &accepts("text/csv;q=0.1, application/json"), all()), Format::Json, "liked better");
        assert_eq!(
            format(None, &accepts("Text/CSV;Q=0.1, application/JSON;q=0.2"), all()),
            Format::Json,
            "in any case"
        );
        assert_eq!(format(None, &accepts("text/csv; q=0, */*"), all()), Format::Json, "refused");
        assert_eq!(format(None, &accepts("application/json;q=0, */*"), all()), Format::Csv, "JSON is refused");
        assert_eq!(format(None, &accepts("*/*, application/json;q=0.1"), all()), Format::Csv, "liked less than any");
        assert_eq!(format(None, &accepts("application/*;q=0, */*;q=0.1"), all()), Format::Csv, "a family is refused");
        assert_eq!(
            format(None, &accepts("text/csv;q=0, text/*, */*;q=0.1"), all()),
            Format::Json,
            "nothing else of its family"
        );
        assert_eq!(format(None, &accepts("text/*, application/*;q=0.9"), all()), Format::Csv);
        assert_eq!(format(None, &accepts("*/*"), all()), Format::Json, "any");
        assert_eq!(format(None, &accepts("text/csv, */*"), all()), Format::Csv, "named");
        let names = [Format::Json, Format::Names(FileNames::Lines)];
        assert_eq!(format(None, &accepts("text/plain, application/json, */*"), &names), Format::Json, "both named");
        assert_eq!(format(None, &accepts("text/plain"), &names), Format::Names(FileNames::Lines));
        let all_names = [Format::Json, Format::Csv, Format::Names(FileNames::Finder), Format::Names(FileNames::Lines)];
        let lines = format(None, &accepts("text/csv;q=0, text/*"), &all_names);
        assert_eq!(lines, Format::Names(FileNames::Lines), "text but for CSV");
        assert_eq!(format(None, &accepts("text/csv"), &[Format::Json]), Format::Json, "a route that writes no tables");
        assert_eq!(format(Some("ndjson"), &accepts("text/csv"), all()), Format::NdJson);
        assert_eq!(format(None, &accepts("image/png"), all()), Format::Json);
    }
}
