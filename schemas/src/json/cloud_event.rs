//! CloudEvents 1.0 in structured mode: attributes around the flat event in `data`.

use serde_json::{Map, Value};

use super::value::FromJson;
use crate::ids::EventId;
use crate::rules::{Code, Violation};
use crate::time::Micros;

/// The attributes that stand in for fields of the event: attribute, field, whether both mean the same.
const STAND_INS: [(&str, &str, Same); 3] =
    [("id", "event_id", same::<EventId>), ("type", "type", same::<String>), ("time", "occurred_at", same::<Micros>)];

type Same = fn(&Value, &Value) -> bool;

/// Turns a structured CloudEvent into the flat event in its `data` (rule 96).
///
/// `id`, `type` and `time` fill in `event_id`, `type` and `occurred_at` where `data` lacks them.
///
/// # Errors
/// `mismatch` when an attribute and the field it stands in for differ; `missing` or `invalid_value` for
/// `specversion` or `data`; `malformed` for anything but an object. An attribute that is no id or time is reported
/// when the flat event is parsed, under the name of the field.
pub fn cloud_event(value: Value) -> Result<Value, Violation> {
    let Value::Object(mut attributes) = value else {
        return Err(Violation::new(Code::Malformed, "event", "a CloudEvent is one JSON object"));
    };
    match present(&attributes, "specversion") {
        Some(Value::String(version)) if version == "1.0" => {}
        Some(_) => return Err(Violation::new(Code::InvalidValue, "specversion", "must be \"1.0\"")),
        None => return Err(Violation::new(Code::Missing, "specversion", "is required: this is a CloudEvent")),
    }
    let mut data = match attributes.remove("data") {
        Some(Value::Object(data)) => data,
        None | Some(Value::Null) => {
            return Err(Violation::new(Code::Missing, "data", "is required: the flat event (rule 96)"));
        }
        Some(_) => {
            return Err(Violation::new(Code::InvalidValue, "data", "must be an object: the flat event (rule 96)"));
        }
    };
    for (attribute, field, same) in STAND_INS {
        let Some(outer) = present(&attributes, attribute) else { continue };
        match present(&data, field) {
            None => {
                data.insert(field.to_owned(), outer.clone());
            }
            Some(inner) if same(outer, inner) => {}
            Some(_) => {
                let message = format!("must agree with the attribute {attribute} (rule 96)");
                return Err(Violation::new(Code::Mismatch, field, message));
            }
        }
    }
    Ok(Value::Object(data))
}

fn present<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

/// Whether two values are the same, or are two spellings of the same `T`.
fn same<T: FromJson + PartialEq>(left: &Value, right: &Value) -> bool {
    left == right || matches!((T::from_json(left), T::from_json(right)), (Ok(left), Ok(right)) if left == right)
}
