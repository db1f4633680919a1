//! The schemas of answers, as the types they are written from say.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

const COMPONENTS: &str = "#/components/schemas/";

/// What a value of a table's column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    Number,
    /// An RFC 3339 time.
    Time,
    Text,
    /// A list or an object.
    Json,
}

/// A type's schema with those it refers to.
pub(crate) struct Schemas {
    root: Value,
    named: BTreeMap<String, Value>,
}

impl Schemas {
    pub(crate) fn of<S: ToSchema>() -> Self {
        let mut named = Vec::new();
        S::schemas(&mut named);
        let value = |schema: &RefOr<Schema>| serde_json::to_value(schema).unwrap_or_default();
        let named = named.iter().map(|(name, schema)| (name.clone(), value(schema))).collect();
        Self { root: value(&<S as PartialSchema>::schema()), named }
    }

    /// The schema of what a list is of.
    pub(crate) fn of_items(self) -> Self {
        let items = self.resolved(&self.root).and_then(|schema| schema.get("items")).cloned();
        Self { root: items.unwrap_or_default(), named: self.named }
    }

    /// The kind of what is at a place: names of members, separated by `/`.
    pub(crate) fn kind_at(&self, place: &str) -> Kind {
        let mut schema = self.resolved(&self.root);
        for name in place.split('/') {
            let Some(member) = schema.and_then(|schema| self.member(schema, name)) else { return Kind::Text };
            schema = self.resolved(member);
        }
        schema.map_or(Kind::Text, kind)
    }

    /// The members of an object with their schemas.
    pub(crate) fn members(&self) -> serde_json::Map<String, Value> {
        let object = self.resolved(&self.root);
        object.and_then(|schema| schema.get("properties")?.as_object().cloned()).unwrap_or_default()
    }

    fn member<'s>(&'s self, schema: &'s Value, name: &str) -> Option<&'s Value> {
        let own = schema.get("properties").and_then(|properties| properties.get(name));
        own.or_else(|| {
            let parts = schema.get("allOf")?.as_array()?;
            parts.iter().find_map(|part| self.member(self.resolved(part)?, name))
        })
    }

    /// The schema itself, behind references and the choice of null.
    fn resolved<'s>(&'s self, schema: &'s Value) -> Option<&'s Value> {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            return self.resolved(self.named.get(name.strip_prefix(COMPONENTS)?)?);
        }
        let choices = ["oneOf", "anyOf"].into_iter().find_map(|word| schema.get(word)?.as_array());
        match choices {
            Some(choices) => {
                self.resolved(choices.iter().find(|choice| choice.get("type").is_none_or(|name| name != "null"))?)
            }
            None => Some(schema),
        }
    }
}

fn kind(schema: &Value) -> Kind {
    let is = |name: &str| match schema.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(several)) => several.iter().any(|one| one == name),
        _ => false,
    };
    let is_time = schema.get("format").is_some_and(|format| format == "date-time");
    match () {
        () if is("boolean") => Kind::Boolean,
        () if is("integer") => Kind::Integer,
        () if is("number") => Kind::Number,
        () if is("string") && is_time => Kind::Time,
        () if is("array") || is("object") => Kind::Json,
        () => Kind::Text,
    }
}
