//! How answers that are no success are described, each with a body as it is sent.

use loupe_service::keys::Scope;
use loupe_service::problem::{CONTENT_TYPE, Problem};
use serde_json::{Map, Value, json};

use super::headers;

/// A status, what it means, and an example.
type Described = (&'static str, &'static str, Problem);

/// The answers of an operation that needs a key.
pub(super) fn responses(ok: Value, scope: Scope) -> Value {
    let mut responses = Map::from_iter([("200".to_owned(), ok), ("304".to_owned(), unchanged())]);
    responses.extend(
        described(scope)
            .into_iter()
            .map(|(status, about, example)| (status.to_owned(), response(status, about, &example))),
    );
    responses.into()
}

/// The answers of an operation that needs none: the success, some of the others, and a fault.
pub(super) fn without_key(ok: Value, statuses: &[&str]) -> Value {
    let Value::Object(mut all) = responses(ok, Scope::AnalyticsRead) else { return Value::Null };
    all.retain(|status, _| status == "200" || status == "500" || statuses.contains(&status.as_str()));
    all.into()
}

fn unchanged() -> Value {
    json!({"description": "What `If-None-Match` names still stands.", "headers": headers(&["ETag", "Cache-Control", "X-Request-Id"])})
}

/// An answer that is no success: its status, what it means, and an example.
pub(super) fn response(status: &str, about: &str, example: &Problem) -> Value {
    let also: &[&str] = match status {
        "401" => &["X-Request-Id", "WWW-Authenticate"],
        "429" | "503" => &["X-Request-Id", "Retry-After"],
        _ => &["X-Request-Id"],
    };
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    json!({
        "description": about,
        "headers": headers(also),
        "content": {CONTENT_TYPE: {"schema": schema, "example": example.to_json()}},
    })
}

fn described(scope: Scope) -> [Described; 7] {
    let wrong = Problem::bad_request("invalid_parameter", "limit must be a number from 1 to 1000")
        .with_details(json!({"parameter": "limit"}));
    let lacking = Problem::forbidden("insufficient_scope", format!("this key lacks the scope `{scope}`"))
        .with_details(json!({"required_scope": scope.as_str()}));
    let absent = Problem::not_found("there is no such collection").with_instance("/collections/90516387/favorites");
    let too_much = Problem::new(
        axum::http::StatusCode::TOO_MANY_REQUESTS,
        "rate_limited",
        "this key may ask 6000 times a minute; try again in 1 s",
    )
    .with_details(json!({"limit": 6000, "window_seconds": 60}));
    let behind = "the projection has reached e7:1204, 1 records before e7:1205";
    let behind = Problem::unavailable("position_not_reached", behind, 5)
        .with_details(json!({"position": "e7:1204", "missing_records": 1}));
    [
        ("400", "A parameter is wrong: the error names it and the rule it breaks.", wrong),
        ("401", "The key is missing, unknown or expired.", Problem::unauthorized()),
        ("403", "The key lacks the scope that the operation needs.", lacking),
        ("404", "It does not exist, or belongs to another account.", absent),
        (
            "429",
            "The key or its account has asked for too much at once; `Retry-After` says when to ask again.",
            too_much,
        ),
        ("500", "A fault of ours; it was logged.", Problem::internal()),
        ("503", "It cannot be answered now; `Retry-After` says when to ask again.", behind),
    ]
}

/// The one error body, as `loupe_service::problem` writes it.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457 problem details with the product's own `error` beside them.",
        "required": ["type", "title", "status", "detail", "error"],
        "properties": {
            "type": {"type": "string", "description": "`urn:loupe:problem:` and the code.",
                     "examples": ["urn:loupe:problem:invalid_parameter"]},
            "title": {"type": "string", "description": "The status in words."},
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": {"type": "string", "description": "The same as `error.message`."},
            "instance": {"type": "string", "description": "The path that was asked for."},
            "error": {
                "type": "object",
                "required": ["code", "message", "details"],
                "properties": {
                    "code": {"type": "string", "description": "Stays the same, for programs to match.",
                             "examples": ["invalid_parameter"]},
                    "message": {"type": "string", "description": "A sentence for the reader."},
                    "details": {"type": "object", "description": "What the code is about, such as `parameter`."},
                },
            },
        },
    })
}
