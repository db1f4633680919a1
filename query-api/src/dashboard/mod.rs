//! `GET /dashboard`: the figures to look at. The page is built from `dashboard/` and lies in the program; it asks this API
//! with the reader's own key.

use axum::Router;
use axum::extract::{OriginalUri, Path};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use loupe_service::problem::Problem;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::answer::etag::tags_shown;

/// What the page may load and ask: its own files and this API, nothing inline and no other host.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
const PAGE: &str = "index.html";
/// Files in here carry a hash of their content in their names.
const HASHED: &str = "assets/";
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const CHECKED: HeaderValue = HeaderValue::from_static("no-cache");

/// The files of the page as they were built.
#[derive(RustEmbed)]
#[folder = "dashboard/dist"]
struct Files;

/// The page and its files, which need no key: whoever reads figures there types their own.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    // Relative, so that it also holds under a prefix.
    let to_page = async || Redirect::permanent("dashboard/");
    let page = async |headers: HeaderMap| answer("", &headers).into_response();
    Router::new()
        .route("/dashboard", get(to_page))
        .route("/dashboard/", get(page))
        .route("/dashboard/{*path}", get(file))
}

async fn file(Path(path): Path<String>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    answer(&path, &headers).unwrap_or_else(|problem| problem.with_instance(uri.path()).into_response())
}

/// The file at a path; where there is none, the page itself, which shows the screen of that path.
fn answer(path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let (name, file) = match Files::get(path) {
        Some(file) => (path, file),
        None if path.starts_with(HASHED) => return Err(Problem::not_found("there is no such resource")),
        None => (PAGE, Files::get(PAGE).ok_or_else(Problem::internal)?),
    };
    let tag = tag(&file);
    let guards = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, if name.starts_with(HASHED) { FOR_GOOD } else { CHECKED }),
        (header::ETAG, tag.clone()),
    ];
    if is_known(&tag, headers) {
        return Ok((StatusCode::NOT_MODIFIED, guards).into_response());
    }
    let body = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    };
    Ok((guards, [(header::CONTENT_TYPE, media_type(name))], body).into_response())
}

fn tag(file: &EmbeddedFile) -> HeaderValue {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..16]));
    // Base64 in quotes, so always a header value.
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"-\""))
}

fn is_known(tag: &HeaderValue, headers: &HeaderMap) -> bool {
    tags_shown(headers).any(|known| known.as_bytes() == tag.as_bytes())
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> Response {
        answer(path, &HeaderMap::new()).unwrap()
    }

    fn text_of(response: &Response, name: header::HeaderName) -> String {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    fn hashed() -> impl Iterator<Item = String> {
        Files::iter().map(|name| name.to_string()).filter(|name| name.starts_with(HASHED))
    }

    #[test]
    fn every_file_is_guarded_and_has_a_media_type() {
        for name in Files::iter() {
            let response = get(&name);
            assert_eq!(response.status(), 200, "{name}");
            let policy = text_of(&response, header::CONTENT_SECURITY_POLICY);
            assert!(policy.starts_with("default-src 'none';"), "{name}");
            assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
            assert_eq!(text_of(&response, header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{name}");
            assert_eq!(text_of(&response, header::REFERRER_POLICY), "no-referrer", "{name}");
            assert_ne!(text_of(&response, header::CONTENT_TYPE), "application/octet-stream", "{name}");
        }
    }

    #[test]
    fn hashed_files_stay_for_good_and_the_page_is_checked() {
        assert!(hashed().count() >= 2, "a script and a style sheet at least");
        for name in hashed() {
            assert_eq!(text_of(&get(&name), header::CACHE_CONTROL), "public, max-age=31536000, immutable", "{name}");
        }
        assert_eq!(text_of(&get(PAGE), header::CACHE_CONTROL), "no-cache");
    }

    #[test]
    fn a_known_tag_is_answered_304_without_a_body() {
        let tag = get("").headers()[header::ETAG].clone();
        let knows = |value: &str| HeaderMap::from_iter([(header::IF_NONE_MATCH, value.parse().unwrap())]);
        let listed = format!("\"other\", {}", tag.to_str().unwrap());
        let unchanged = answer("", &knows(&listed)).unwrap();
        assert_eq!(unchanged.status(), 304);
        assert_eq!(unchanged.headers()[header::ETAG], tag);
        assert!(!unchanged.headers().contains_key(header::CONTENT_TYPE));
        assert_eq!(answer("", &knows("\"other\"")).unwrap().status(), 200);
    }

    #[test]
    fn paths_of_screens_are_the_page_and_an_absent_asset_is_404() {
        for path in ["", "starred", "collections/90516387/links", "definitions/downloads/summary/downloads"] {
            assert_eq!(text_of(&get(path), header::CONTENT_TYPE), "text/html; charset=utf-8", "{path}");
        }
        for path in ["assets/", "assets/index-0.js", "assets/../index.html"] {
            assert_eq!(answer(path, &HeaderMap::new()).unwrap_err().status(), 404, "{path}");
        }
    }

    #[test]
    fn the_page_names_only_its_own_files_and_holds_no_script_or_style() {
        let page = String::from_utf8(Files::get(PAGE).unwrap().data.into_owned()).unwrap();
        let named = ["src=\"", "href=\""].into_iter().flat_map(|attribute| page.split(attribute).skip(1));
        let named: Vec<&str> = named.filter_map(|rest| rest.split('"').next()).collect();
        assert!(named.len() >= 2, "{page}");
        for name in named {
            let file = name.strip_prefix("/dashboard/").unwrap_or_else(|| panic!("{name} is elsewhere"));
            assert!(Files::get(file).is_some(), "{name}");
        }
        assert!(!page.contains("<style") && !page.contains("style=") && page.matches("<script").count() == 1, "{page}");
        assert!(page.contains("></script>"), "{page}");
    }

    #[test]
    fn no_file_names_another_host_to_load_from_nor_a_source_map() {
        for name in Files::iter().filter(|name| name.ends_with(".js") || name.ends_with(".css")) {
            let text = String::from_utf8(Files::get(&name).unwrap().data.into_owned()).unwrap();
            assert!(!text.contains("sourceMappingURL"), "{name}");
            for load in ["url(http", "url(//", "import(\"http", "from\"http", "fetch(\"http", "fetch(`http"] {
                assert!(!text.contains(load), "{name}: {load}");
            }
        }
    }
}
