//! The one error body of the product: the members of RFC 9457 and the product's own `error` in one JSON object.
//!
//! ```json
//! {"type":"urn:loupe:problem:out_of_range","title":"Bad Request","status":400,"detail":"limit must be at most 1000",
//!  "error":{"code":"out_of_range","message":"limit must be at most 1000","details":{"parameter":"limit"}}}
//! ```

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

/// The content type of RFC 9457.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// An error answer: what went wrong, for programs (`code`, `details`) and for people (`message`).
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    message: Box<str>,
    details: Box<Value>,
    instance: Option<Box<str>>,
    retry_after_s: Option<u64>,
    cause: Option<Box<str>>,
}

#[derive(Serialize)]
struct Members<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    error: Own<'a>,
}

#[derive(Serialize)]
struct Own<'a> {
    code: &'a str,
    message: &'a str,
    details: &'a Value,
}

impl Problem {
    /// An error with a stable snake_case `code` and a sentence for the reader.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into().into_boxed_str(),
            details: Box::new(Value::Object(serde_json::Map::new())),
            instance: None,
            retry_after_s: None,
            cause: None,
        }
    }

    /// 400: a parameter or body is wrong; the message names which and says the rule.
    pub fn bad_request(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 401: no key, or one that is not known.
    #[must_use]
    pub fn unauthorized() -> Self {
        let message = "send a valid API key as `Authorization: Bearer lp_…`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    /// 401: the key is known, and its time is over.
    #[must_use]
    pub fn expired_key(at: DateTime<Utc>) -> Self {
        let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let message = format!("this API key expired at {at}; ask for a new one");
        Self::new(StatusCode::UNAUTHORIZED, "key_expired", message)
            .with_details(serde_json::json!({ "expired_at": at }))
    }

    /// 403: the key is known but may not do this.
    pub fn forbidden(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// 404: it does not exist, or belongs to another account (which is not told apart).
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// 503: it cannot be done now; the caller may try again after `retry_after_s` seconds.
    pub fn unavailable(code: impl Into<Cow<'static, str>>, message: impl Into<String>, retry_after_s: u64) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message).with_retry_after(retry_after_s)
    }

    /// 500: our fault; the cause is logged, never shown.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "an internal error happened; it was logged")
    }

    /// Adds machine-readable details (an object).
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Box::new(details);
        self
    }

    /// Names the request this is about (RFC 9457 `instance`, a URI reference).
    #[must_use]
    pub fn with_instance(mut self, instance: impl Into<String>) -> Self {
        self.instance = Some(instance.into().into_boxed_str());
        self
    }

    /// Adds `Retry-After`, in seconds.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Notes why, for the person on call: it is never sent.
    #[must_use]
    pub fn with_cause(mut self, cause: &str) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Why, for the person on call.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code that programs match.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The sentence for the reader.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The body as it is sent.
    #[must_use]
    pub fn to_json(&self) -> Value {
        // A struct of texts and a JSON value always serializes.
        serde_json::to_value(self.body()).unwrap_or_default()
    }

    fn body(&self) -> Members<'_> {
        Members {
            r#type: format!("urn:loupe:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.message,
            instance: self.instance.as_deref(),
            error: Own { code: &self.code, message: &self.message, details: &self.details },
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status.as_u16(), self.code, self.message)
    }
}

impl std::error::Error for Problem {}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // A struct of texts and a JSON value always serializes; an empty body still carries the status.
        let bytes = serde_json::to_vec(&self.body()).unwrap_or_default();
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"loupe\""));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use serde_json::json;

    use super::*;

    async fn parts(problem: Problem) -> (axum::http::response::Parts, Value) {
        let (parts, body) = problem.into_response().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn one_body_has_the_members_of_the_rfc_and_our_own() {
        let problem = Problem::bad_request("out_of_range", "limit must be at most 1000")
            .with_details(json!({"parameter": "limit"}))
            .with_instance("/photos/starred");
        let (parts, body) = parts(problem).await;
        assert_eq!(parts.status, StatusCode::BAD_REQUEST);
        assert_eq!(parts.headers[header::CONTENT_TYPE], CONTENT_TYPE);
        let expected = json!({
            "type": "urn:loupe:problem:out_of_range", "title": "Bad Request", "status": 400,
            "detail": "limit must be at most 1000", "instance": "/photos/starred",
            "error": {"code": "out_of_range", "message": "limit must be at most 1000", "details": {"parameter": "limit"}}
        });
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn unauthorized_says_how_to_authenticate() {
        let (parts, body) = parts(Problem::unauthorized()).await;
        assert_eq!(parts.headers[header::WWW_AUTHENTICATE], "Bearer realm=\"loupe\"");
        assert!(body.get("instance").is_none());
        assert_eq!(body["error"]["details"], json!({}));
    }

    #[tokio::test]
    async fn unavailable_says_when_to_retry() {
        let (parts, _) = parts(Problem::unavailable("kafka_away", "try again", 3)).await;
        assert_eq!(parts.headers[header::RETRY_AFTER], "3");
        assert!(!parts.headers.contains_key(header::WWW_AUTHENTICATE));
    }
}
