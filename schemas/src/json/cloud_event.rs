//! CloudEvents 1.0 in structured mode: attributes around the flat event in `data`.

use serde_json::Value;

use super::FlatEvent;
use super::node::Node;
use super::value::FromJson;
use crate::ids::EventId;
use crate::rules::{Code, Violation};
use crate::time::Micros;

/// The attributes that stand in for fields of the event.
const STAND_INS: [StandIn; 3] = [
    StandIn { attribute: "id", field: "event_id", same: same::<EventId> },
    StandIn { attribute: "type", field: "type", same: same::<String> },
    StandIn { attribute: "time", field: "occurred_at", same: same::<Micros> },
];

struct StandIn {
    attribute: &'static str,
    field: &'static str,
    /// Whether both mean the same.
    same: fn(Node<'_>, Node<'_>) -> bool,
}

/// The flat event in the `data` of a structured CloudEvent (rule 96).
///
/// `id`, `type` and `time` fill in `event_id`, `type` and `occurred_at` where `data` lacks them.
///
/// # Errors
/// `mismatch` when an attribute and the field it stands in for differ; `missing` or `invalid_value` for
/// `specversion` or `data`; `malformed` for anything but an object. An attribute that is no id or time is reported
/// when the flat event is parsed, under the name of the field.
pub fn cloud_event(node: Node<'_>) -> Result<FlatEvent<'_>, Violation> {
    if !node.is_object() {
        return Err(Violation::new(Code::Malformed, "event", "a CloudEvent is one JSON object"));
    }
    match node.present("specversion").map(Node::as_str) {
        Some(Some("1.0")) => {}
        Some(_) => return Err(Violation::new(Code::InvalidValue, "specversion", "must be \"1.0\"")),
        None => return Err(Violation::new(Code::Missing, "specversion", "is required: this is a CloudEvent")),
    }
    let data = match node.present("data") {
        Some(data) if data.is_object() => data,
        Some(_) => {
            return Err(Violation::new(Code::InvalidValue, "data", "must be an object: the flat event (rule 96)"));
        }
        None => return Err(Violation::new(Code::Missing, "data", "is required: the flat event (rule 96)")),
    };
    for StandIn { attribute, field, same } in STAND_INS {
        if let (Some(outer), Some(inner)) = (node.present(attribute), data.present(field))
            && !same(outer, inner)
        {
            let message = format!("must agree with the attribute {attribute} (rule 96)");
            return Err(Violation::new(Code::Mismatch, field, message));
        }
    }
    Ok(FlatEvent { members: data, attributes: Some(node) })
}

/// What stands in for a field that the flat event lacks.
pub(super) fn stand_in<'t>(attributes: Node<'t>, field: &str) -> Option<Node<'t>> {
    let stand_in = STAND_INS.iter().find(|stand_in| stand_in.field == field)?;
    attributes.present(stand_in.attribute)
}

/// Whether two values are two spellings of the same `T`, or the same.
fn same<T: FromJson + PartialEq>(left: Node<'_>, right: Node<'_>) -> bool {
    matches!((T::from_json(left), T::from_json(right)), (Ok(left), Ok(right)) if left == right)
        || Value::from(left) == Value::from(right)
}
