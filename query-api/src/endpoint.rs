//! What every list does alike: who asks, for which account, which rows, as of when, in which format.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use loupe_schemas::position::Position;
use loupe_service::clock;
use loupe_service::keys::{KeyStore, Principal, Scope};
use loupe_service::problem::Problem;
use serde_json::json;

use crate::answer;
use crate::clients;
use crate::downloads::Downloads;
use crate::export;
use crate::favorites::Favorites;
use crate::gallery_video_downloads::GalleryVideoDownloads;
use crate::list::{Asked, Endpoint, Format};
use crate::page::{Cursor, Window, fingerprint};
use crate::parameters::{Parameters, wrong};
use crate::photo_downloads::PhotoDownloads;
use crate::photo_sharing_links::PhotoSharingLinks;
use crate::photos_starred::PhotosStarred;
use crate::store::Store;

const MIN_POSITION: &str = "loupe-min-position";
const POSITION_PAUSE: Duration = Duration::from_millis(50);
const RETRY_AFTER_S: u64 = 5;

/// What requests share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) keys: Arc<KeyStore>,
    pub(crate) cursor_key: Arc<str>,
    pub(crate) min_position_wait: Duration,
}

/// Answers a request for a list of the collection in the path, or of the whole account.
pub(crate) async fn list<E: Endpoint>(
    app: App,
    collection: Option<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = ask::<E>(&app, collection.as_deref(), &uri, &headers).await?;
    match asked.format {
        Format::Json => {
            let selection = &asked.parameters.selection;
            // One row more tells whether a page follows; a count would not while rows come and go.
            let mut entries = E::entries(&app.store, selection, &asked.window.one_more()).await?;
            let has_more = entries.len() as u64 > asked.window.limit;
            entries.truncate(usize::try_from(asked.window.limit).unwrap_or(usize::MAX));
            let summary = E::summary(&app.store, selection, &entries).await?;
            answer::json(&asked, &entries, has_more, summary, &app.cursor_key)
        }
        Format::Csv | Format::NdJson => Ok(export::stream::<E>(app.store, asked)),
    }
}

async fn ask<E: Endpoint>(
    app: &App,
    collection: Option<&str>,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Asked, Problem> {
    let principal = app.keys.authorize(headers, E::SCOPE)?;
    let mut parameters = Parameters::read(uri.query().unwrap_or_default(), &E::TAKES)?;
    let selection = &mut parameters.selection;
    selection.account = account(&principal, parameters.values.get("account_id").map(String::as_str))?;
    if let Some(text) = collection {
        selection.collection = text.parse().map_err(|_| wrong("collection_id", "must be a number"))?;
    }
    selection.shows_pii = principal.has(Scope::ClientsPii);
    selection.shows_secrets = principal.has(Scope::LinksSecret);
    E::narrow(selection);
    let query = fingerprint(E::NAME, &parameters);
    clients::resolve(&app.store, &mut parameters.selection).await?;
    let cursor =
        parameters.values.get("cursor").map(|text| Cursor::verify(text, &app.cursor_key, &query)).transpose()?;
    let page = cursor.as_ref().map(|cursor| cursor.page).or(parameters.page).unwrap_or(1);
    parameters.selection.as_of = cursor.as_ref().map_or_else(clock::now_micros, |cursor| cursor.as_of);
    let position = reach(app, headers).await?;
    if collection.is_some() && !app.store.collection_exists(&parameters.selection).await? {
        return Err(Problem::not_found("there is no such collection"));
    }
    let offset = if cursor.is_some() { 0 } else { (page - 1) * parameters.per_page };
    Ok(Asked {
        window: Window { after: cursor, offset, limit: parameters.per_page },
        format: format(parameters.values.get("format").map(String::as_str), headers),
        path: uri.path().to_owned(),
        parameters,
        page,
        query,
        position,
    })
}

/// Whether a list understands a query string, without asking the database; `None` when there is no such list.
///
/// For fuzzing: whatever the text, this ends with a 400 that names a parameter, or with nothing to say.
#[must_use]
pub fn understand(list: &str, query: &str, cursor_key: &str) -> Option<Result<(), Problem>> {
    fn by<E: Endpoint>(query: &str, cursor_key: &str) -> Result<(), Problem> {
        let parameters = Parameters::read(query, &E::TAKES)?;
        let fingerprint = fingerprint(E::NAME, &parameters);
        let cursor = parameters.values.get("cursor");
        cursor.map_or(Ok(()), |text| Cursor::verify(text, cursor_key, &fingerprint).map(drop))
    }
    Some(match list {
        "photo_downloads" => by::<PhotoDownloads>(query, cursor_key),
        "gallery_video_downloads" => by::<GalleryVideoDownloads>(query, cursor_key),
        "downloads" => by::<Downloads>(query, cursor_key),
        "photo_sharing_links" => by::<PhotoSharingLinks>(query, cursor_key),
        "favorites" => by::<Favorites>(query, cursor_key),
        "photos_starred" => by::<PhotosStarred>(query, cursor_key),
        _ => return None,
    })
}

/// The account asked about: the key's own, or the one named; another's does not exist for this key.
fn account(principal: &Principal, named: Option<&str>) -> Result<u64, Problem> {
    match named.and_then(|text| text.parse().ok()) {
        Some(account) if principal.accounts.allows(account) => Ok(account),
        Some(_) => Err(Problem::not_found("there is no such account")),
        None => {
            let only = principal.accounts.only();
            only.ok_or_else(|| wrong("account_id", "is required: this key acts for several accounts"))
        }
    }
}

/// The format named, else the first known one that the client accepts, else JSON.
fn format(named: Option<&str>, headers: &HeaderMap) -> Format {
    let of = |name: &str| match name {
        "json" | "application/json" | "*/*" => Some(Format::Json),
        "csv" | "text/csv" => Some(Format::Csv),
        "ndjson" | "application/x-ndjson" => Some(Format::NdJson),
        _ => None,
    };
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut accepted = accepted.split(',').map(|choice| choice.split(';').next().unwrap_or_default().trim());
    named.and_then(of).or_else(|| accepted.find_map(of)).unwrap_or(Format::Json)
}

/// How far the projection is, once it covers what the reader must see (rule 101).
async fn reach(app: &App, headers: &HeaderMap) -> Result<Position, Problem> {
    let text = headers.get(MIN_POSITION).map(|value| value.to_str().unwrap_or("?"));
    let wanted = text.map(str::parse::<Position>).transpose();
    let wanted = wanted.map_err(|error| wrong("Loupe-Min-Position", &error.to_string()))?.unwrap_or_default();
    let begun = Instant::now();
    loop {
        let position = app.store.position().await?;
        if position.covers(&wanted) {
            return Ok(position);
        }
        if begun.elapsed() >= app.min_position_wait {
            let missing = position.missing(&wanted);
            let message = format!("the projection has reached {position}, {missing} records before {wanted}");
            let details = json!({"position": position.to_string(), "missing_records": missing});
            return Err(Problem::unavailable("position_not_reached", message, RETRY_AFTER_S).with_details(details));
        }
        tokio::time::sleep(POSITION_PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_named_goes_before_the_one_accepted() {
        let accepts = |text: &str| HeaderMap::from_iter([(header::ACCEPT, text.parse().unwrap())]);
        assert_eq!(format(None, &HeaderMap::new()), Format::Json);
        assert_eq!(format(None, &accepts("text/html, text/csv;q=0.9")), Format::Csv);
        assert_eq!(format(Some("ndjson"), &accepts("text/csv")), Format::NdJson);
        assert_eq!(format(None, &accepts("image/png")), Format::Json);
    }
}
