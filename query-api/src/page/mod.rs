//! Pages: numbered, or after a signed cursor (rules 6, 99 and 100).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use loupe_service::problem::Problem;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::json::Row;
use crate::parameters::{Parameters, wrong};

/// Where the last page ended, and what it was a page of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    pub(crate) at: i64,
    pub(crate) id: String,
    pub(crate) number: u64,
    pub(crate) as_of: i64,
    pub(crate) page: u64,
    pub(crate) query: String,
}

/// The rows of one answer.
pub(crate) struct Window {
    pub(crate) after: Option<Cursor>,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

impl Window {
    /// Every row there is.
    pub(crate) const EVERYTHING: Self = Self { after: None, offset: 0, limit: 1 << 62 };

    /// The same with room for one more row.
    pub(crate) fn one_more(&self) -> Self {
        Self { after: self.after.clone(), offset: self.offset, limit: self.limit + 1 }
    }

    pub(crate) fn bind(&self, query: clickhouse::query::Query) -> clickhouse::query::Query {
        let after = self.after.as_ref();
        query
            .param("has_key", after.is_some())
            .param("key_at", after.map_or(0, |key| key.at))
            .param("key_id", after.map_or("", |key| &key.id))
            .param("key_number", after.map_or(0, |key| key.number))
            .param("limit", self.limit)
            .param("offset", self.offset)
    }
}

impl Cursor {
    /// The cursor after a row.
    pub(crate) fn after(row: &Row, as_of: i64, page: u64, query: String) -> Option<Self> {
        let id = row.get("sort_id")?.as_str()?.to_owned();
        Some(Self {
            at: row.get("sort_at")?.as_i64()?,
            id,
            number: row.get("sort_number")?.as_u64()?,
            as_of,
            page,
            query,
        })
    }

    pub(crate) fn sign(&self, key: &str) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let code = mac(key, &text).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(code))
    }

    pub(crate) fn verify(text: &str, key: &str, query: &str) -> Result<Self, Problem> {
        let refused = || wrong("cursor", "must be a next_cursor of this same query, counted by the same definition");
        let (text, code) = text.split_once('.').ok_or_else(refused)?;
        let text = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        let code = URL_SAFE_NO_PAD.decode(code).map_err(|_| refused())?;
        mac(key, &text).verify_slice(&code).map_err(|_| refused())?;
        let cursor: Self = serde_json::from_slice(&text).map_err(|_| refused())?;
        if cursor.query == query { Ok(cursor) } else { Err(refused()) }
    }
}

/// What a cursor belongs to: an endpoint, the tables that are served, a collection and every parameter that changes which
/// rows are listed.
pub(crate) fn fingerprint(endpoint: &str, served: &str, parameters: &Parameters) -> String {
    let mut hash = Sha256::new();
    let selection = &parameters.selection;
    let path = (selection.collection, selection.download, &selection.client, selection.photo);
    hash.update(format!("{endpoint}/{served}/{}/{path:?}", selection.account));
    for (name, value) in &parameters.values {
        if !["cursor", "limit", "page", "per_page", "format"].contains(&name.as_str()) {
            hash.update(format!("&{}:{name}={}:{value}", name.len(), value.len()));
        }
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// The code that only holders of the key can make of a text.
pub(crate) fn mac(key: &str, text: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length, so the default is never reached.
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(text);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_100_a_cursor_is_signed_and_of_one_query() {
        let cursor = Cursor { at: 1, id: "a".into(), number: 2, as_of: 3, page: 2, query: "q".into() };
        let text = cursor.sign("key");
        assert_eq!(Cursor::verify(&text, "key", "q").unwrap(), cursor);
        for (text, key, query) in
            [(text.clone(), "other", "q"), (text.clone(), "key", "p"), (format!("A{text}"), "key", "q")]
        {
            assert_eq!(Cursor::verify(&text, key, query).unwrap_err().status(), 400);
        }
    }
}
