//! What a body is, by its headers: how events are written in it, and how it is encoded.

use axum::http::{HeaderMap, StatusCode, header};
use loupe_service::problem::Problem;
use serde_json::json;

/// How events are written in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// One event, or an array of events.
    Json,
    /// One event a line.
    NdJson,
    /// One CloudEvent in structured mode; an array of them is taken too.
    CloudEvent,
    /// An array of CloudEvents.
    CloudEventBatch,
}

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

impl MediaType {
    const ALL: [(&'static str, Self); 4] = [
        ("application/json", Self::Json),
        ("application/x-ndjson", Self::NdJson),
        ("application/cloudevents+json", Self::CloudEvent),
        ("application/cloudevents-batch+json", Self::CloudEventBatch),
    ];

    /// The media type of a request; any charset but UTF-8 is none of ours.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default();
        let known = Self::ALL.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(essence));
        match known {
            Some((_, media_type)) if parts.all(is_utf8_or_no_charset) => Ok(media_type),
            _ => Err(unsupported_type(text)),
        }
    }

    pub(super) const fn is_cloud_event(self) -> bool {
        matches!(self, Self::CloudEvent | Self::CloudEventBatch)
    }
}

fn is_utf8_or_no_charset(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    }
}

fn unsupported_type(text: &str) -> Problem {
    let supported = MediaType::ALL.map(|(name, _)| name);
    let given = if text.is_empty() { "is missing".to_owned() } else { format!("`{}` is not supported", shorten(text)) };
    let message = format!("the Content-Type {given}; send UTF-8 as one of {}", supported.join(", "));
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message)
        .with_details(json!({ "header": "Content-Type", "supported": supported }))
}

impl Encoding {
    const SUPPORTED: [&'static str; 3] = ["gzip", "zstd", "identity"];

    /// The encoding of a request; only one at a time.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
        let text = match (values.next(), values.next()) {
            (None, _) => return Ok(Self::Identity),
            (Some(value), None) => value.to_str().unwrap_or("not ASCII"),
            (Some(_), Some(_)) => "several",
        };
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::Zstd),
            _ => Err(unsupported_encoding(text)),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

fn unsupported_encoding(text: &str) -> Problem {
    let supported = Encoding::SUPPORTED;
    let message =
        format!("the Content-Encoding `{}` is not supported; send one of {}", shorten(text), supported.join(", "));
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_content_encoding", message)
        .with_details(json!({ "header": "Content-Encoding", "supported": supported }))
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn media_types_are_read_whatever_their_case_and_parameters() {
        let of = |text| MediaType::of(&headers(header::CONTENT_TYPE, &[text])).ok();
        assert_eq!(of("application/json"), Some(MediaType::Json));
        assert_eq!(of("Application/JSON; charset=UTF-8"), Some(MediaType::Json));
        assert_eq!(of("application/x-ndjson; charset=\"utf-8\"; v=1"), Some(MediaType::NdJson));
        assert_eq!(of("application/cloudevents+json"), Some(MediaType::CloudEvent));
        assert_eq!(of("application/cloudevents-batch+json"), Some(MediaType::CloudEventBatch));
        assert_eq!(of("application/json; charset=utf-16"), None);
        assert_eq!(of("text/plain"), None);
        assert!(MediaType::of(&HeaderMap::new()).unwrap_err().message().contains("is missing"));
    }

    #[test]
    fn encodings_are_one_of_three_and_not_stacked() {
        let of = |values: &[&str]| Encoding::of(&headers(header::CONTENT_ENCODING, values)).ok();
        assert_eq!(of(&[]), Some(Encoding::Identity));
        assert_eq!(of(&["identity"]), Some(Encoding::Identity));
        assert_eq!(of(&["GZIP"]), Some(Encoding::Gzip));
        assert_eq!(of(&["x-gzip"]), Some(Encoding::Gzip));
        assert_eq!(of(&[" zstd "]), Some(Encoding::Zstd));
        for wrong in [&["br"][..], &["gzip, zstd"], &["gzip", "gzip"]] {
            assert_eq!(of(wrong), None, "{wrong:?}");
        }
    }
}
