//! The responses of a download action, one for each unfiltered segment.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::json::{Row, printed};

/// The histories of some downloads.
pub(crate) const SQL: &str = include_str!("history.sql");

/// One response.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Segment {
    /// The end of the response (rule 104).
    #[schema(format = DateTime)]
    at: Option<String>,
    /// The first byte that was served; null for a response without a range.
    range_start: Option<u64>,
    /// The last byte that was served; null for a response without a range.
    range_end: Option<u64>,
    body_bytes: u64,
    #[schema(example = 206)]
    http_status: u64,
    /// `ok`, `client_abort`, `timeout`, `origin_error`, `edge_error` or `denied`.
    #[schema(example = "ok")]
    end_reason: String,
}

/// The responses of a row, which keeps them as one array for each of their fields.
pub(crate) fn segments(row: &Row) -> Vec<Segment> {
    let column = |name: &str| row.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let number = |name: &str, index: usize| column(name).get(index).and_then(Value::as_u64);
    let segment = |(index, at): (usize, &Value)| Segment {
        at: at.as_i64().map(printed),
        range_start: number("range_start", index),
        range_end: number("range_end", index),
        body_bytes: number("body_bytes", index).unwrap_or(0),
        http_status: number("http_status", index).unwrap_or(0),
        end_reason: column("end_reason").get(index).and_then(Value::as_str).unwrap_or_default().to_owned(),
    };
    column("at").iter().enumerate().map(segment).collect()
}
