//! The API's description, OpenAPI 3.1: made of the same constants and types that requests are read and answers written
//! by.

mod errors;
mod others;
mod page;
mod parameter;
pub(crate) mod schema;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::answer::{ListMeta, Meta};
use crate::ask::App;
use crate::erasure::ErasureAnswer;
use crate::freshness::Freshness;
use crate::parameters::Takes;
use crate::resource::{Format, List, Report, Resource};
use errors::{response, responses, without_key};
use schema::Schemas;

const ABOUT: &str = "Every number is defined by numbered rules, which `GET /definitions` lists. Lists are paged by \
                     `cursor` or `page`; as CSV, NDJSON or Parquet they come whole. Times are RFC 3339, in UTC with \
                     microseconds. Every error has one body, `Problem`.";

/// The families of routes: the first part of their paths, the name, what they are about.
const TAGS: [(&str, &str, &str); 7] = [
    ("collections", "Collections", "What happened in one collection."),
    ("photos", "Photos", "Photos of the whole account."),
    ("downloads", "Downloads", "One download and what it delivered."),
    ("analytics", "Analytics", "The whole account, and its collections beside each other."),
    ("clients", "Clients", "One client in all collections."),
    ("insights", "Insights", "What is worth doing next."),
    ("", "Service", "How numbers are counted, and how current they are."),
];

/// The description as it grows with each route.
pub(crate) struct Description {
    paths: Map<String, Value>,
    schemas: Map<String, Value>,
    /// Names that two different types have; a test sees that there are none.
    clashes: Vec<String>,
}

impl Description {
    pub(crate) fn new() -> Self {
        let mut new = Self { paths: Map::new(), schemas: Map::new(), clashes: Vec::new() };
        new.refer::<Freshness>();
        new.refer::<ErasureAnswer>();
        new
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
        schemas.insert("Problem".to_owned(), errors::schema());
        schemas.insert("TimeZone".to_owned(), parameter::zones());
        let mut paths = self.paths.clone();
        for (path, method, operation) in others::operations() {
            paths.insert(path.to_owned(), json!({method: operation}));
        }
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Loupe: Downloads & Sharing",
                "version": env!("CARGO_PKG_VERSION"),
                "summary": "What happened to a photographer's galleries, in numbers that agree with each other.",
                "description": ABOUT,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [
                {"url": "/api/v1", "description": "This version."},
                {"url": "/", "description": "The same, as galleries ask for it."},
            ],
            "tags": TAGS.map(|(_, name, about)| json!({"name": name, "description": about})),
            "security": [{"key": []}],
            "paths": paths,
            "components": {
                "securitySchemes": {"key": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "lp_…",
                    "description": "An API key, as `key add` mints it; each operation names the scope it needs.",
                }},
                "schemas": schemas,
            },
        })
    }

    /// A reference to a type's schema, which is kept with those it refers to.
    fn refer<T: ToSchema>(&mut self) -> Value {
        self.keep_those_of::<T>();
        let name = T::name().into_owned();
        self.keep(name.clone(), &<T as utoipa::PartialSchema>::schema());
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// Keeps the schemas that a type's refers to.
    fn keep_those_of<T: ToSchema>(&mut self) {
        let mut named = Vec::new();
        T::schemas(&mut named);
        for (name, schema) in named {
            self.keep(name, &schema);
        }
    }

    fn keep(&mut self, name: String, schema: &impl serde::Serialize) {
        let schema = serde_json::to_value(schema).unwrap_or_default();
        if self.schemas.get(&name).is_some_and(|kept| *kept != schema) {
            self.clashes.push(name.clone());
        }
        self.schemas.entry(name).or_insert(schema);
    }

    /// `data`, the members beside it, and `meta`, as one object.
    fn envelope<M: ToSchema>(&mut self, data: Value, meta: &str) -> Value {
        self.keep_those_of::<M>();
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
            "tags": [tag(path)],
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

/// The family that a path belongs to.
fn tag(path: &str) -> &'static str {
    let first = path.split('/').nth(1).unwrap_or_default();
    let known = TAGS.iter().find(|(part, _, _)| *part == first);
    known.map_or("Service", |(_, name, _)| name)
}

fn headers(names: &[&str]) -> Value {
    names.iter().map(|name| ((*name).to_owned(), json!({"schema": {"type": "string"}}))).collect::<Map<_, _>>().into()
}

/// Serves the description and the page that shows it; both are the same for everybody and need no key.
pub(crate) fn routes(description: &Description) -> Router<App> {
    let text = Bytes::from(description.document().to_string());
    let json = move || {
        let text = text.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], text) }
    };
    Router::new().route("/openapi.json", get(json)).merge(page::routes())
}

#[cfg(test)]
mod tests {
    use crate::routes::api;

    #[test]
    fn every_name_of_a_schema_is_of_one_type() {
        assert_eq!(api().description.clashes, [] as [&str; 0]);
    }
}
