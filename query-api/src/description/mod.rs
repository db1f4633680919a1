//! The API's description, OpenAPI 3.1: made of the same constants and types that requests are read and answers written
//! by.

mod parameter;
pub(crate) mod schema;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use bytes::Bytes;
use loupe_service::keys::Scope;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::answer::{ListMeta, Meta};
use crate::ask::App;
use crate::parameters::Takes;
use crate::resource::{Format, List, Report, Resource};
use schema::Schemas;

/// The description as it grows with each route.
pub(crate) struct Description {
    paths: Map<String, Value>,
    schemas: Map<String, Value>,
}

impl Description {
    pub(crate) fn new() -> Self {
        Self { paths: Map::new(), schemas: Map::new() }
    }

    /// Describes a list.
    pub(crate) fn list<L: List>(&mut self, path: &str) {
        let row = self.refer::<L::Shown>();
        let data = json!({"type": "array", "items": row});
        let envelope = self.envelope::<L::Members>(data, "ListMeta");
        self.refer::<ListMeta>();
        self.operation::<L>(path, &envelope);
    }

    /// Describes a report.
    pub(crate) fn report<R: Report>(&mut self, path: &str) {
        let data = self.refer::<R::Data>();
        let envelope = self.envelope::<R::Members>(data, "Meta");
        self.refer::<Meta>();
        self.operation::<R>(path, &envelope);
    }

    /// The whole document.
    pub(crate) fn document(&self) -> Value {
        let mut schemas = self.schemas.clone();
        schemas.insert("Problem".to_owned(), problem());
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Loupe: Downloads & Sharing",
                "version": env!("CARGO_PKG_VERSION"),
                "description": "What happened to a photographer's galleries, in numbers that agree with each other. \
                                How everything is counted: `GET /definitions`.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}, {"url": "/api/v1"}],
            "security": [{"key": []}],
            "paths": self.paths,
            "components": {
                "securitySchemes": {"key": {
                    "type": "http", "scheme": "bearer",
                    "description": "An API key, as `key add` mints it; each operation names the scope it needs.",
                }},
                "schemas": schemas,
            },
        })
    }

    /// A reference to a type's schema, which is kept with those it refers to.
    fn refer<T: ToSchema>(&mut self) -> Value {
        let mut named = Vec::new();
        T::schemas(&mut named);
        let name = T::name().into_owned();
        named.push((name.clone(), <T as utoipa::PartialSchema>::schema()));
        for (name, schema) in named {
            let schema = serde_json::to_value(schema).unwrap_or_default();
            self.schemas.entry(name).or_insert(schema);
        }
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// `data`, the members beside it, and `meta`, as one object.
    fn envelope<M: ToSchema>(&mut self, data: Value, meta: &str) -> Value {
        self.refer::<M>();
        let mut properties = Map::from_iter([("data".to_owned(), data)]);
        properties.extend(Schemas::of::<M>().members());
        let meta = json!({"$ref": format!("#/components/schemas/{meta}")});
        properties.insert("meta".to_owned(), meta);
        let required: Vec<&String> = properties.keys().collect();
        json!({"type": "object", "required": required, "properties": properties})
    }

    fn operation<R: Resource>(&mut self, path: &str, envelope: &Value) {
        let written = written(&R::TAKES);
        let content = written.iter().map(|format| {
            let schema = if *format == Format::Json { envelope.clone() } else { json!({}) };
            (format.media_type().to_owned(), json!({"schema": schema}))
        });
        let ok = json!({
            "description": R::ABOUT,
            "headers": headers(&["ETag", "Cache-Control", "X-Request-Id", "RateLimit", "RateLimit-Policy"]),
            "content": content.collect::<Map<_, _>>(),
        });
        let places = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let mut parameters: Vec<Value> = places.map(parameter::of_path).collect();
        parameters.extend(R::TAKES.names().filter_map(|name| parameter::of_query(name, &R::TAKES)));
        parameters.extend(parameter::of_headers());
        let operation = json!({
            "operationId": R::NAME,
            "summary": R::ABOUT,
            "description": format!("Needs a key with the scope `{}`.", R::SCOPE),
            "x-scope": R::SCOPE.as_str(),
            "parameters": parameters,
            "responses": responses(ok, R::SCOPE),
        });
        self.paths.insert(path.to_owned(), json!({"get": operation}));
    }
}

/// The formats a route writes.
pub(crate) fn written(takes: &Takes) -> Vec<Format> {
    let takes_format = takes.names().any(|name| name == "format");
    let words = if takes_format { takes.words_of("format") } else { vec!["json"] };
    words.into_iter().filter_map(Format::of_word).collect()
}

fn headers(names: &[&str]) -> Value {
    names.iter().map(|name| ((*name).to_owned(), json!({"schema": {"type": "string"}}))).collect::<Map<_, _>>().into()
}

fn responses(ok: Value, scope: Scope) -> Value {
    let problem = |description: &str| {
        json!({
            "description": description,
            "content": {loupe_service::problem::CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        })
    };
    json!({
        "200": ok,
        "304": {"description": "What `If-None-Match` names still stands."},
        "400": problem("A parameter is wrong: the error names it and the rule it breaks."),
        "401": problem("The key is missing or unknown."),
        "403": problem(&format!("The key lacks the scope `{scope}`.")),
        "404": problem("It does not exist, or belongs to another account."),
        "429": problem("The key or its account has asked for too much at once; `Retry-After` says when to ask again."),
        "500": problem("A fault of ours; it was logged."),
        "503": problem("It cannot be answered now; `Retry-After` says when to ask again."),
    })
}

/// The one error body, as `loupe_service::problem` writes it.
fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457 problem details with the product's own `error` beside them.",
        "required": ["type", "title", "status", "detail", "error"],
        "properties": {
            "type": {"type": "string", "examples": ["urn:loupe:problem:invalid_parameter"]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "error": {
                "type": "object",
                "required": ["code", "message", "details"],
                "properties": {
                    "code": {"type": "string", "examples": ["invalid_parameter"]},
                    "message": {"type": "string"},
                    "details": {"type": "object"},
                },
            },
        },
    })
}

/// Serves the description; it is the same for everybody and needs no key.
pub(crate) fn routes(description: &Description) -> Router<App> {
    let text = Bytes::from(description.document().to_string());
    let json = move || {
        let text = text.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], text) }
    };
    Router::new().route("/openapi.json", get(json))
}
