//! Strong entity tags: an answer is a function of the query, what its reader may see, the projected position and the
//! time it was made at, and its tag names them all.
//!
//! A tag also says until when time alone leaves the answer as it is. So a request that shows a tag is answered 304 by
//! looking at the tag, the clock and the position that is followed anyway, without asking ClickHouse anything.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;

use crate::page::mac;

const CODE_BYTES: usize = 16;
const TAG_BYTES: usize = 8 + 8 + CODE_BYTES;
/// Time alone never changes the answer.
pub(crate) const FOR_GOOD: i64 = i64::MAX;

/// Everything but time that an answer depends on.
pub(crate) struct Basis {
    /// The query, the reader's scopes, the position, the definition and the program's version, each told apart.
    text: String,
}

impl Basis {
    pub(crate) fn of(parts: &[&str]) -> Self {
        let text = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
        Self { text }
    }

    /// The tag of the answer made at `as_of`, which time leaves as it is before `until`; both in microseconds.
    pub(crate) fn tag(&self, as_of: i64, until: i64, key: &str) -> String {
        let mut bytes = Vec::with_capacity(TAG_BYTES);
        bytes.extend(as_of.to_be_bytes());
        bytes.extend(until.to_be_bytes());
        bytes.extend(self.code(&bytes, key));
        format!("\"{}\"", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The first of the tags a request shows that still stands at `now`.
    pub(crate) fn standing(&self, headers: &HeaderMap, now: i64, key: &str) -> Option<String> {
        tags_shown(headers).find(|tag| self.stands(tag, now, key)).map(ToOwned::to_owned)
    }

    fn stands(&self, tag: &str, now: i64, key: &str) -> bool {
        let inside = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
        let bytes = inside.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let Some(bytes) = bytes.filter(|bytes| bytes.len() == TAG_BYTES) else { return false };
        let until = bytes[8..16].try_into().map_or(0, i64::from_be_bytes);
        let mut code = mac(key, &bytes[..16]);
        code.update(self.text.as_bytes());
        code.verify_truncated_left(&bytes[16..]).is_ok() && now < until
    }

    fn code(&self, times: &[u8], key: &str) -> Vec<u8> {
        let mut code = mac(key, times);
        code.update(self.text.as_bytes());
        code.finalize().into_bytes()[..CODE_BYTES].to_vec()
    }
}

/// The tags a request shows, as they were sent: a proxy that compresses an answer marks its tag as weak.
pub(crate) fn tags_shown(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().trim_start_matches("W/"))
}

/// 304: what the reader has still stands.
pub(crate) fn unchanged(tag: &str) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    write(response.headers_mut(), tag);
    response
}

/// Writes the tag, and that a copy is the reader's own and must be checked before it is shown again.
pub(crate) fn write(headers: &mut HeaderMap, tag: &str) {
    // Base64 in quotes, so always a header value.
    headers.extend(HeaderValue::from_str(tag).ok().map(|tag| (header::ETAG, tag)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("authorization, accept"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tag: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::IF_NONE_MATCH, tag.parse().unwrap())])
    }

    #[test]
    fn a_tag_stands_for_its_basis_until_time_changes_the_answer() {
        let basis = Basis::of(&["query", "e0:7"]);
        let tag = basis.tag(1_000, 2_000, "key");
        assert_eq!(basis.standing(&shown(&tag), 1_999, "key"), Some(tag.clone()));
        assert_eq!(basis.standing(&shown(&format!("\"x\", W/{tag}")), 1_000, "key"), Some(tag.clone()));
        assert_eq!(basis.standing(&shown(&tag), 2_000, "key"), None, "time changed it");
        assert_eq!(basis.standing(&shown(&tag), 1_000, "other"), None, "made with another key");
        assert_eq!(Basis::of(&["query", "e0:8"]).standing(&shown(&tag), 1_000, "key"), None, "another position");
        assert_eq!(Basis::of(&["querye", "0:7"]).standing(&shown(&tag), 1_000, "key"), None, "parts are told apart");
        let later = basis.tag(1_001, 2_000, "key");
        assert_ne!(tag, later, "an answer made later has another as_of");
    }
}
