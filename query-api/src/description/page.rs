//! The description as a page to read and try: all of it is served from here, nothing is asked of another host.

use axum::Router;
use axum::extract::{OriginalUri, Path};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use loupe_service::problem::Problem;

use crate::ask::App;

/// What the page may load and ask: its own files and this API. Icons are inside its style sheet as `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file that the build took out of Swagger UI's archive.
macro_rules! vendored {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

/// The files that the page names, each with its media type.
const FILES: [(&str, &str, &[u8]); 4] = [
    ("page.js", "text/javascript; charset=utf-8", include_bytes!("page.js")),
    ("swagger-ui-bundle.js", "text/javascript; charset=utf-8", vendored!("swagger-ui-bundle.js")),
    ("swagger-ui.css", "text/css; charset=utf-8", vendored!("swagger-ui.css")),
    ("favicon-32x32.png", "image/png", vendored!("favicon-32x32.png")),
];

/// The page, which needs no key: whoever tries a request there types their own.
pub(super) fn routes() -> Router<App> {
    // Relative, so that it also holds under a prefix.
    let to_page = async || Redirect::permanent("docs/");
    let page = async || guarded("text/html; charset=utf-8", include_bytes!("page.html"));
    Router::new().route("/docs", get(to_page)).route("/docs/", get(page)).route("/docs/{file}", get(file))
}

async fn file(Path(name): Path<String>, OriginalUri(uri): OriginalUri) -> Response {
    match FILES.iter().find(|(known, _, _)| *known == name) {
        Some((_, media_type, bytes)) => guarded(media_type, bytes),
        None => Problem::not_found("there is no such resource").with_instance(uri.path()).into_response(),
    }
}

/// A file that a browser trusts no further than it must.
fn guarded(media_type: &'static str, bytes: &'static [u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, bytes).into_response()
}
