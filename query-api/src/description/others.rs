//! What is described by hand: the few routes that are neither lists nor reports.

use loupe_service::keys::Scope;
use serde_json::{Value, json};

use super::{headers, parameter, response, responses, without_key};
use crate::activity::ActivityStream;
use crate::erasure;
use crate::resource::Resource;

/// Paths, methods and operations.
pub(super) fn operations() -> [(&'static str, &'static str, Value); 6] {
    [
        ("/collections/{collection_id}/activity/stream", "get", activity()),
        ("/clients/{client_id}/personal_data", "delete", erasure()),
        ("/erasures/{receipt}", "get", receipt()),
        ("/freshness", "get", freshness()),
        ("/definitions", "get", definitions()),
        ("/openapi.json", "get", description()),
    ]
}

/// A stream names no `x-scope`: it never ends, so nothing that reads whole answers may take it for another list.
fn activity() -> Value {
    let ok = json!({
        "description": "`download`, `favorite` and `link` with a row as its list shows it, `today` with the day's visits, \
                        views, plays and opens, and `position`, whose id `Last-Event-ID` resumes after.",
        "headers": headers(&["Cache-Control", "X-Request-Id", "RateLimit", "RateLimit-Policy"]),
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    });
    let resume = "The id of the last event that was seen: the stream goes on after it.";
    let [position, tag] = parameter::of_headers();
    json!({
        "operationId": ActivityStream::NAME,
        "tags": ["Collections"],
        "summary": ActivityStream::ABOUT,
        "description": format!("Needs a key with the scope `{}`; shows what its other scopes allow.", Scope::AnalyticsRead),
        "parameters": [
            parameter::of_path("collection_id"),
            parameter::of_query("account_id", &ActivityStream::TAKES),
            parameter::of_header("Last-Event-ID", resume, "3:1204"),
            position,
            tag,
        ],
        "responses": responses(ok, Scope::AnalyticsRead),
    })
}

fn erasure() -> Value {
    let ok = json!({
        "description": "It is on the log; the receipt says how far it is.",
        "headers": headers(&["Location", "Cache-Control", "X-Request-Id", "RateLimit", "RateLimit-Policy"]),
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErasureAnswer"}}},
    });
    let mut responses = erasure_responses(ok);
    if let Some(responses) = responses.as_object_mut()
        && let Some(ok) = responses.remove("200")
    {
        responses.insert("202".to_owned(), ok);
        let about = "This API was not told where to write erasures.";
        responses.insert("501".to_owned(), response("501", about, &erasure::not_configured()));
    }
    json!({
        "operationId": "erase_client",
        "tags": ["Clients"],
        "summary": "Erases a client's personal data.",
        "description": format!(
            "Needs a key with the scope `{}`. No count changes (rule 16); the client is shown by a random id from then on. \
             May be repeated.",
            Scope::ClientsErase
        ),
        "parameters": [parameter::of_path("client_id"), parameter::of_query("account_id", &erasure::TAKES)],
        "responses": responses,
    })
}

fn receipt() -> Value {
    let ok = json!({
        "description": "How far the erasure is.",
        "headers": headers(&["Cache-Control", "X-Request-Id", "RateLimit", "RateLimit-Policy"]),
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErasureAnswer"}}},
    });
    json!({
        "operationId": "erasure",
        "tags": ["Service"],
        "summary": "How far an erasure is.",
        "description": format!("Needs a key with the scope `{}`.", Scope::ClientsErase),
        "parameters": [parameter::of_path("receipt"), parameter::of_query("account_id", &erasure::TAKES)],
        "responses": erasure_responses(ok),
    })
}

fn erasure_responses(ok: Value) -> Value {
    let mut responses = responses(ok, Scope::ClientsErase);
    if let Some(responses) = responses.as_object_mut() {
        responses.remove("304");
    }
    responses
}

fn freshness() -> Value {
    let ok = json!({
        "description": "The projection's position and lag, and for each edge which of its events never arrived.",
        "headers": headers(&["X-Request-Id", "RateLimit", "RateLimit-Policy"]),
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Freshness"}}},
    });
    let mut responses = responses(ok, Scope::AnalyticsRead);
    if let Some(responses) = responses.as_object_mut() {
        responses.retain(|status, _| !["304", "404"].contains(&status.as_str()));
    }
    json!({
        "operationId": "freshness",
        "tags": ["Service"],
        "summary": "How far the projection is, and what of each edge never arrived.",
        "description": format!("Needs a key with the scope `{}`. It shows machines, no account's data.", Scope::AnalyticsRead),
        "parameters": [],
        "responses": responses,
    })
}

fn definitions() -> Value {
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    let objects = || json!({"type": "array", "items": {"type": "object"}});
    let definition = json!({
        "type": "object",
        "required": ["version", "title", "summary", "rules", "sections", "clauses", "glossary", "lists"],
        "properties": {
            "version": {"type": "string", "description": "As `meta.definition` of every answer names it."},
            "title": {"type": "string"},
            "summary": {"type": "string"},
            "rules": objects(),
            "sections": objects(),
            "clauses": objects(),
            "glossary": objects(),
            "lists": {"type": "object", "properties": {
                "previewers": texts(), "scanners": texts(), "robot_words": texts(), "crawlers": {"type": "object"},
                "data_centers": objects(),
            }},
        },
    });
    let ok = json!({
        "description": "The definition that numbers of this version follow.",
        "headers": headers(&["ETag", "Cache-Control", "X-Request-Id"]),
        "content": {"application/json": {"schema": {
            "type": "object", "required": ["data", "meta"],
            "properties": {"data": definition, "meta": {
                "type": "object", "required": ["definition"], "properties": {"definition": {"type": "string"}},
            }},
        }}},
    });
    let [_, tag] = parameter::of_headers();
    json!({
        "operationId": "definitions",
        "tags": ["Service"],
        "summary": "How every number is counted: rules, clauses, glossary, lists of robots and networks.",
        "description": "Needs no key.",
        "security": [],
        "parameters": [tag],
        "responses": without_key(ok, &["304", "400"]),
    })
}

fn description() -> Value {
    let ok = json!({
        "description": "OpenAPI 3.1; `/docs` shows it as a page.",
        "headers": headers(&["X-Request-Id"]),
        "content": {"application/json": {"schema": {"type": "object"}}},
    });
    json!({
        "operationId": "openapi",
        "tags": ["Service"],
        "summary": "This description.",
        "description": "Needs no key.",
        "security": [],
        "parameters": [],
        "responses": without_key(ok, &[]),
    })
}
