//! A wrong value in any field of any event type is refused with the name of that field.

use loupe_schemas::event::EventType;
use serde_json::{Value, json};

use crate::{example, reject, with};

/// JSON pointers of everything in `value`, containers included, and what is there.
pub(crate) fn members(value: &Value, pointer: &str, into: &mut Vec<(String, Value)>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(entries) => entries.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => return,
    };
    for (name, child) in children {
        let pointer = format!("{pointer}/{name}");
        into.push((pointer.clone(), child.clone()));
        members(child, &pointer, into);
    }
}

/// The name a violation gives to the field at a JSON pointer: `items[0].media_id`.
pub(crate) fn name_of(pointer: &str) -> String {
    let mut name = String::new();
    for part in pointer.split('/').skip(1) {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            name.push_str(&format!("[{part}]"));
        } else {
            name.push_str(if name.is_empty() { "" } else { "." });
            name.push_str(part);
        }
    }
    name
}

/// Values of another kind than `right`, none of which any field of that kind may hold.
pub(crate) fn wrong_for(right: &Value) -> Vec<Value> {
    match right {
        Value::Object(_) => vec![json!("text"), json!(7), json!(true), json!([])],
        Value::Array(_) => vec![json!("text"), json!(7), json!(true), json!({})],
        Value::Bool(_) => vec![json!("yes"), json!(1), json!([]), json!({})],
        Value::Number(_) => vec![json!("seven"), json!(true), json!([]), json!({})],
        _ => vec![json!(true), json!([]), json!({}), json!(["text"])],
    }
}

fn full_examples() -> impl Iterator<Item = (&'static str, Value)> {
    EventType::ALL.iter().map(|event_type| (event_type.as_str(), example(event_type.as_str(), "full")))
}

#[test]
fn rule_9_a_value_of_a_wrong_kind_names_its_field() {
    let mut tried = 0;
    for (event_type, full) in full_examples() {
        let mut all = Vec::new();
        members(&full, "", &mut all);
        for (pointer, right) in all {
            for wrong in wrong_for(&right) {
                let violation = reject(&with(full.clone(), &pointer, Some(wrong.clone())));
                let name = name_of(&pointer);
                assert_eq!(violation.field, name, "{event_type} {pointer} = {wrong}: {violation}");
                assert!(!violation.message.is_empty());
                tried += 1;
            }
        }
    }
    assert!(tried > 1_000, "{tried} values tried");
}

#[test]
fn rule_93_a_required_field_that_is_absent_or_null_is_named() {
    for (event_type, _) in full_examples() {
        let minimal = example(event_type, "minimal");
        let mut all = Vec::new();
        members(&minimal, "", &mut all);
        for (pointer, _) in all.into_iter().filter(|(pointer, _)| !pointer.ends_with(|end: char| end.is_ascii_digit()))
        {
            let removed = reject(&with(minimal.clone(), &pointer, None));
            let null = reject(&with(minimal.clone(), &pointer, Some(Value::Null)));
            assert_eq!(removed.field, name_of(&pointer), "{event_type}: {removed}");
            assert_eq!(null.field, name_of(&pointer), "{event_type}: {null}");
        }
    }
}

#[test]
fn what_is_no_object_or_no_known_event_is_refused() {
    for value in [json!(null), json!([]), json!("text"), json!(1), json!({})] {
        reject(&value);
    }
    let unknown = with(example("LinkOpened", "full"), "/type", Some(json!("LinkSwallowed")));
    let violation = reject(&unknown);
    assert_eq!(violation.field, "type");
    assert!(violation.message.contains("LinkSwallowed"), "{violation}");
}
