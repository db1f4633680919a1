//! What is known of one request while it is answered: for its log line, its headers and ClickHouse's own log.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderValue};
use loupe_service::telemetry::trace_parent_of;

use crate::limits::Allowance;

/// The header that names a request; a caller's own is kept when it is short and printable.
pub(crate) const REQUEST_ID: &str = "x-request-id";
const TRACE_PARENT: &str = "traceparent";
const REQUEST_ID_BYTES_MAX: usize = 64;

/// One request: who asks for what, and what that has cost so far.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) request_id: String,
    /// W3C trace context of the caller, when it is well formed.
    pub(crate) parent: Option<String>,
    pub(crate) route: String,
    asked: OnceLock<Asker>,
    allowance: OnceLock<Allowance>,
    rows: AtomicU64,
    read_rows: AtomicU64,
    read_bytes: AtomicU64,
    statements: AtomicU64,
}

#[derive(Debug)]
struct Asker {
    account: u64,
    key_id: String,
}

impl Trace {
    pub(crate) fn of(headers: &HeaderMap, route: String) -> Self {
        Self {
            request_id: request_id(headers),
            parent: headers.get(TRACE_PARENT).and_then(|value| trace_parent(value.to_str().ok()?)),
            route,
            asked: OnceLock::new(),
            allowance: OnceLock::new(),
            rows: AtomicU64::new(0),
            read_rows: AtomicU64::new(0),
            read_bytes: AtomicU64::new(0),
            statements: AtomicU64::new(0),
        }
    }

    /// Notes who asks, once that is known.
    pub(crate) fn is_asked_by(&self, account: u64, key_id: &str) {
        // A request is authorized once.
        let _first = self.asked.set(Asker { account, key_id: key_id.to_owned() });
    }

    /// Notes what is left of the key's allowance.
    pub(crate) fn leaves(&self, allowance: Allowance) {
        let _first = self.allowance.set(allowance);
    }

    pub(crate) fn allowance(&self) -> Option<&Allowance> {
        self.allowance.get()
    }

    /// Counts rows of the answer.
    pub(crate) fn answers(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// Counts a statement and what ClickHouse read for it.
    pub(crate) fn reads(&self, rows: u64, bytes: u64) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.read_rows.fetch_add(rows, Ordering::Relaxed);
        self.read_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// What ClickHouse's own log says of a statement of this request (`log_comment`).
    pub(crate) fn comment(&self) -> String {
        let account = self.asked.get().map(|asker| asker.account);
        serde_json::json!({
            "service": "loupe-query-api",
            "request_id": self.request_id,
            // Ours while traces are exported, so that ClickHouse's entries hang below the request; else the caller's.
            "traceparent": trace_parent_of(&tracing::Span::current()).or_else(|| self.parent.clone()),
            "account_id": account,
            "route": self.route,
        })
        .to_string()
    }

    /// The request's line in the log.
    pub(crate) fn log(&self, status: u16, seconds: f64, is_complete: bool) {
        let asker = self.asked.get();
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        tracing::info!(
            request_id = self.request_id,
            traceparent = self.parent,
            account = asker.map(|asker| asker.account),
            key = asker.map(|asker| asker.key_id.as_str()),
            route = self.route,
            status,
            duration_ms = seconds * 1000.0,
            rows = of(&self.rows),
            statements = of(&self.statements),
            clickhouse_read_rows = of(&self.read_rows),
            clickhouse_read_bytes = of(&self.read_bytes),
            complete = is_complete,
            "answered"
        );
    }
}

fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).map(HeaderValue::as_bytes).and_then(|bytes| str::from_utf8(bytes).ok());
    let is_fit = |id: &&str| {
        (1..=REQUEST_ID_BYTES_MAX).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte))
    };
    given.filter(is_fit).map_or_else(|| loupe_service::clock::new_id().to_string(), ToOwned::to_owned)
}

/// A `traceparent` of W3C Trace Context, level 1: version, trace id, parent id, flags.
fn trace_parent(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let widths = [2, 32, 16, 2];
    let is_hex = |part: &str, width: usize| {
        part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let fits = widths.iter().all(|width| parts.next().is_some_and(|part| is_hex(part, *width)));
    let is_zero = |part: Option<&str>| part.is_none_or(|part| part.bytes().all(|byte| byte == b'0'));
    let has_ids = !is_zero(text.split('-').nth(1)) && !is_zero(text.split('-').nth(2));
    (fits && has_ids && !text.starts_with("ff")).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_callers_trace_is_kept_only_when_it_is_well_formed() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(trace_parent(good).as_deref(), Some(good));
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(trace_parent(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_callers_request_id_is_kept_only_when_it_is_short_and_plain() {
        let of = |id: &str| request_id(&HeaderMap::from_iter([(REQUEST_ID.parse().unwrap(), id.parse().unwrap())]));
        assert_eq!(of("checkout-7/1"), "checkout-7/1");
        for bad in ["", "two words", "a\"b", &"x".repeat(65)] {
            assert!(of(bad).parse::<Uuid>().is_ok(), "{bad}");
        }
    }
}
