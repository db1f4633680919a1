//! What the crate promises to everyone who writes or reads events.

mod compatibility;
mod definition;
mod examples;
mod foreign;
mod hostile;
mod reading;
mod rules;
mod wrong_values;

use std::net::IpAddr;

use loupe_schemas::event::Event;
use loupe_schemas::rules::{self as event_rules, Violation};
use loupe_schemas::{Micros, json};
use serde_json::Value;

/// When the tests receive their events: after every example.
const RECEIVED_AT: Micros = Micros(1_777_800_000_000_000);

/// Stands for the keyed hash: the text of what is hashed.
fn hash_ip(address: IpAddr) -> Vec<u8> {
    address.to_string().into_bytes()
}

/// Parsed and checked, as ingest does it.
fn accept(value: &Value) -> Result<Event, Violation> {
    let event = json::parse(value.to_string(), &hash_ip)?;
    event_rules::check(&event, RECEIVED_AT)?;
    Ok(event)
}

/// The violation of an event that must be rejected.
fn reject(value: &Value) -> Violation {
    match accept(value) {
        Err(violation) => violation,
        Ok(_) => panic!("accepted: {value:#}"),
    }
}

/// The example of this event type and case.
fn example(event_type: &str, case: &str) -> Value {
    let example = loupe_schemas::examples::find(event_type, case);
    serde_json::from_str(example.expect("a listed example").json).expect("an example is JSON")
}

/// The same value with one member set, named by its JSON pointer; `None` removes it.
fn with(mut value: Value, pointer: &str, member: Option<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer into an object");
    match value.pointer_mut(parent).expect("the parent exists") {
        Value::Object(members) => match member {
            Some(member) => {
                members.insert(name.to_owned(), member);
            }
            None => {
                members.remove(name).expect("the member exists");
            }
        },
        Value::Array(entries) => {
            let index: usize = name.parse().expect("an index");
            entries[index] = member.expect("entries are replaced, not removed");
        }
        other => panic!("{parent} is {other}"),
    }
    value
}
