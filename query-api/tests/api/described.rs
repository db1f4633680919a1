//! Answers held against the API's own description: what it does not declare must not be there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The description of an API, with the schemas of its answers once they were asked for.
pub(crate) struct Described {
    document: Value,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Described {
    pub(crate) fn new(mut document: Value) -> Self {
        let named = document["components"]["schemas"].clone();
        for schema in document["components"]["schemas"].as_object_mut().unwrap().values_mut() {
            close_members(schema, &named);
        }
        Self { document, compiled: Mutex::default() }
    }

    /// Checks the JSON body of an answer to a GET of a path.
    pub(crate) fn check(&self, path: &str, status: u16, body: &Value) {
        let asked = path.split('?').next().unwrap_or_default();
        let asked = asked.strip_prefix("/api/v1").unwrap_or(asked);
        let Some(template) = self.template(asked) else {
            // Whatever is no route is answered by the one error body.
            assert_eq!(status, 404, "{path} is answered and not described");
            return;
        };
        let validator = self.validator(&template, status);
        let errors: Vec<String> =
            validator.iter_errors(body).map(|error| format!("{} at `{}`", error, error.instance_path())).collect();
        assert!(errors.is_empty(), "{path}: {status} is not as described: {errors:#?}\n{body:#}");
    }

    /// The described path that a path is of; one that spells more of it out goes first.
    fn template(&self, asked: &str) -> Option<String> {
        let fits = |template: &&String| {
            let (mut parts, mut own) = (template.split('/'), asked.trim_end_matches('/').split('/'));
            parts
                .by_ref()
                .zip(own.by_ref())
                .all(|(part, own)| part == own || (part.starts_with('{') && !own.is_empty()))
                && template.split('/').count() == asked.trim_end_matches('/').split('/').count()
        };
        let paths = self.document["paths"].as_object().unwrap();
        paths.keys().filter(fits).min_by_key(|template| template.matches('{').count()).cloned()
    }

    fn validator(&self, template: &str, status: u16) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().unwrap();
        let made = compiled.entry(format!("{status} {template}"));
        Arc::clone(made.or_insert_with(|| Arc::new(self.compile(template, status))))
    }

    fn compile(&self, template: &str, status: u16) -> Validator {
        let content = &self.document["paths"][template]["get"]["responses"][status.to_string()]["content"];
        let schema = content.get("application/json").or_else(|| content.get("application/problem+json"));
        let mut schema = schema.unwrap_or_else(|| panic!("{template} describes no answer {status}"))["schema"].clone();
        let named = &self.document["components"]["schemas"];
        close(&mut schema, named);
        // References stay what they are in the document.
        schema["components"] = json!({"schemas": named});
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        let options = jsonschema::options().should_validate_formats(true);
        options.build(&schema).unwrap_or_else(|error| panic!("the schema of {template}: {error}"))
    }
}

/// Whether a schema says which members an object has.
fn declares(schema: &Value, named: &Value) -> bool {
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|word| schema.get(word)?.as_array()).flatten();
    schema.get("properties").is_some()
        || schema.get("additionalProperties").is_some()
        || parts.into_iter().any(|part| declares(part, named))
        || referred(schema, named).is_some_and(|schema| declares(schema, named))
}

fn referred<'n>(schema: &Value, named: &'n Value) -> Option<&'n Value> {
    named.get(schema.get("$ref")?.as_str()?.rsplit('/').next()?)
}

/// Lets a value have no members but the declared ones; one that declares none stays as open as it is.
fn close(schema: &mut Value, named: &Value) {
    close_members(schema, named);
    if declares(schema, named) {
        schema["unevaluatedProperties"] = false.into();
    }
}

/// The same for the members and items of a value, and of what it is put together from.
fn close_members(schema: &mut Value, named: &Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for member in properties.into_iter().flat_map(Map::values_mut) {
        close(member, named);
    }
    for word in ["items", "additionalProperties"] {
        if let Some(value) = schema.get_mut(word).filter(|value| value.is_object()) {
            close(value, named);
        }
    }
    for word in ["allOf", "oneOf", "anyOf"] {
        for part in schema.get_mut(word).and_then(Value::as_array_mut).into_iter().flatten() {
            close_members(part, named);
        }
    }
}

#[test]
fn what_is_not_declared_is_found_wherever_it_hides() {
    let document = json!({
        "paths": {"/a/{id}": {"get": {"responses": {"200": {"content": {"application/json": {
            "schema": {"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": {
                "$ref": "#/components/schemas/Row"}}, "meta": {"$ref": "#/components/schemas/Whole"}}},
        }}}}}}},
        "components": {"schemas": {
            "Row": {"type": "object", "properties": {"id": {"type": "integer"}, "part": {
                "oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Part"}]}, "open": {}}},
            "Part": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Whole": {"allOf": [{"$ref": "#/components/schemas/Part"}, {"type": "object", "properties": {"n": {}}}]},
        }},
    });
    let described = Described::new(document);
    let fits = |body: Value| described.validator("/a/{id}", 200).is_valid(&body);
    assert!(fits(json!({"data": [{"id": 1, "part": null, "open": {"x": 1}}, {"part": {"name": "a"}}]})));
    assert!(fits(json!({"data": [], "meta": {"name": "a", "n": 1}})));
    for wrong in [
        json!({"data": [], "more": 1}),
        json!({"data": [{"id": 1, "more": 1}]}),
        json!({"data": [{"part": {"name": "a", "more": 1}}]}),
        json!({"data": [], "meta": {"name": "a", "n": 1, "more": 1}}),
        json!({"data": [{"id": "1"}]}),
        json!({"meta": {}}),
    ] {
        assert!(!fits(wrong.clone()), "{wrong}");
    }
    assert_eq!(described.template("/a/7").as_deref(), Some("/a/{id}"));
    assert_eq!(described.template("/a/7/b"), None);
}
