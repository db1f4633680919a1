//! `GET /definitions`: how every number is counted, for everybody, without a key.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use loupe_schemas::definition;

use crate::answer::etag::tags_shown;
use crate::ask::App;
use crate::parameters::takes_none;
use crate::served::Document;

/// What is answered before it is known which tables are served.
static CURRENT: LazyLock<Document> = LazyLock::new(|| Document::of(definition::current()));

/// The route.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/definitions", get(definitions))
}

async fn definitions(State(app): State<App>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    if let Err(problem) = takes_none(&uri) {
        return problem.with_instance(uri.path()).into_response();
    }
    let document = app.positions.now().await.map_or_else(|_| CURRENT.clone(), |now| now.served.document.clone());
    let is_known = tags_shown(&headers).any(|tag| tag.as_bytes() == document.tag.as_bytes());
    let validators = [
        (header::ETAG, document.tag.clone()),
        // Another definition may be served at any time.
        (header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache")),
    ];
    if is_known {
        return (StatusCode::NOT_MODIFIED, validators).into_response();
    }
    (validators, [(header::CONTENT_TYPE, "application/json")], document.text).into_response()
}
