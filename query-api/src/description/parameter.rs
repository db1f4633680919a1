//! How parameters are described.

use serde_json::{Value, json};

use crate::parameters::Takes;
use crate::parameters::catalogue::{self, Kind};

/// A place in a route's path.
pub(super) fn of_path(name: &str) -> Value {
    let (about, schema) = match name {
        "collection_id" => ("The collection.", json!({"type": "integer", "minimum": 0})),
        "photo_id" => ("The photo or video.", json!({"type": "integer", "minimum": 0})),
        "download_id" => ("The download.", json!({"type": "string", "format": "uuid"})),
        _ => ("The client.", json!({"type": "string", "minLength": 1, "maxLength": 64})),
    };
    json!({"name": name, "in": "path", "required": true, "description": about, "schema": schema})
}

/// A query parameter as a route takes it.
pub(super) fn of_query(name: &str, takes: &Takes) -> Option<Value> {
    let parameter = catalogue::by_name(name)?;
    let schema = schema(parameter.kind, name, takes);
    let mut described =
        json!({"name": name, "in": "query", "required": false, "description": parameter.about, "schema": schema});
    if parameter.kind == Kind::Time {
        described["description"] = json!(format!("{}{}", parameter.about, takes.grain.about()));
    }
    if matches!(parameter.kind, Kind::Ids | Kind::Numbers | Kind::SomeNumbers(..) | Kind::Words) {
        described["style"] = json!("form");
        described["explode"] = json!(false);
    }
    Some(described)
}

/// Headers that every route takes.
pub(super) fn of_headers() -> [Value; 2] {
    let header = |name: &str, about: &str| json!({"name": name, "in": "header", "required": false, "description": about, "schema": {"type": "string"}});
    [
        header("Loupe-Min-Position", "A position that ingest returned: the answer includes what was written there."),
        header("If-None-Match", "An `ETag` of an earlier answer: 304 when it still stands."),
    ]
}

fn schema(kind: Kind, name: &str, takes: &Takes) -> Value {
    let words = || takes.words_of(name);
    match kind {
        Kind::Time => json!({"type": "string", "format": "date-time"}),
        Kind::Zone => json!({"type": "string", "default": "UTC", "examples": ["Europe/Berlin"]}),
        Kind::Ids => {
            json!({"type": "array", "minItems": 1, "maxItems": 200,
                   "items": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^,]+$"}})
        }
        Kind::Numbers => {
            json!({"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "integer", "minimum": 0}})
        }
        Kind::SomeNumbers(min, max) => {
            json!({"type": "array", "minItems": min, "maxItems": max, "uniqueItems": true,
                   "items": {"type": "integer", "minimum": 0}})
        }
        Kind::Number(min, max) => json!({"type": "integer", "minimum": min, "maximum": max}),
        Kind::Word => json!({"type": "string", "enum": words()}),
        Kind::Words => json!({"type": "array", "minItems": 1, "items": {"type": "string", "enum": words()}}),
        Kind::Sort => {
            let fields = takes.sorts.iter().copied().chain(["occurred_at"]);
            let both = fields.flat_map(|field| [field.to_owned(), format!("-{field}")]);
            json!({"type": "string", "enum": both.collect::<Vec<_>>()})
        }
        Kind::Cursor => json!({"type": "string"}),
    }
}
