//! `GET /definitions`: how every number is counted, for everybody, without a key.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use loupe_schemas::definition;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::ask::App;
use crate::parameters::unknown;

/// What is served, which stays the same as long as the program does, with its tag.
struct Document {
    text: Bytes,
    tag: HeaderValue,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let text = json!({"data": definition::current(), "meta": {"definition": definition::CURRENT}}).to_string();
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&text)[..16]));
    // Base64 in quotes, so always a header value.
    let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"-\""));
    Document { text: text.into(), tag }
});

/// The route.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/definitions", get(definitions))
}

async fn definitions(OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    if let Some((name, _)) = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).next() {
        return unknown(&name, std::iter::empty()).with_instance(uri.path()).into_response();
    }
    let document = &*DOCUMENT;
    let shown = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = shown.flat_map(|value| value.split(',')).any(|tag| tag.trim().as_bytes() == document.tag.as_bytes());
    let validators = [
        (header::ETAG, document.tag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
    ];
    if is_known {
        return (StatusCode::NOT_MODIFIED, validators).into_response();
    }
    (validators, [(header::CONTENT_TYPE, "application/json")], document.text.clone()).into_response()
}
