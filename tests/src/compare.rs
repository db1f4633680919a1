//! What differs between an answer and the expected one.

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Days, NaiveTime, SecondsFormat, Utc};
use loupe_schemas::position::Position;
use serde_json::Value;

/// Stands for the random id of an erased client (rule 16).
pub const ERASED: &str = "cl_erased_*";
/// Stands for an email or a URL that a key may not see.
pub const MASKED: &str = "<masked>";

/// Lists whose order neither DOMAIN.md nor RULES.md settles.
const UNORDERED: [&str; 3] = ["/summary/by_client", "/summary/by_media", "/analytics/collections"];

/// Every difference between two JSON values, each with its path; numbers compare by value.
#[must_use]
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", expected, actual, &mut found);
    found
}

fn compare(path: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            for (name, value) in left {
                match right.get(name) {
                    Some(other) => compare(&format!("{path}/{name}"), value, other, found),
                    None => found.push(format!("{path}/{name}: expected {value}, got no such member")),
                }
            }
            let more = right.iter().filter(|(name, _)| !left.contains_key(*name));
            found.extend(more.map(|(name, value)| format!("{path}/{name}: not expected, got {value}")));
        }
        (Value::Array(left), Value::Array(right)) => {
            if left.len() != right.len() {
                found.push(format!("{path}: expected {} entries, got {}: {actual}", left.len(), right.len()));
            }
            for (index, (one, other)) in left.iter().zip(right).enumerate() {
                compare(&format!("{path}/{index}"), one, other, found);
            }
        }
        (Value::Number(left), Value::Number(right)) if left.as_f64() == right.as_f64() => {}
        _ if expected == actual => {}
        _ => found.push(format!("{path}: expected {expected}, got {actual}")),
    }
}

/// Fails with every difference between an answer and the expected one, after taking out what is not a number of ours.
///
/// # Errors
/// They differ, or a value that is asserted by its form has another form.
pub fn expect(what: &str, expected: &Value, answer: &Value) -> anyhow::Result<()> {
    let actual = settle(answer).with_context(|| format!("in the answer of {what}: {answer}"))?;
    let mut expected = expected.clone();
    order(&mut expected);
    let found = differences(&expected, &actual);
    if found.is_empty() {
        return Ok(());
    }
    bail!("{what}: {} differences\n  {}", found.len(), found.join("\n  "))
}

/// An answer without what is of its moment (`as_of`, `position`, …) and without opaque ids, whose forms are checked.
///
/// # Errors
/// One of them has another form.
pub fn settle(answer: &Value) -> anyhow::Result<Value> {
    let mut answer = answer.clone();
    settle_meta(&mut answer)?;
    let mut ids = std::collections::BTreeSet::new();
    for row in answer["data"].as_array_mut().context("no data")?.iter_mut().filter_map(Value::as_object_mut) {
        // A row that is not filtered has no reason: none and null say the same.
        if row.get("filter_reason").is_some_and(Value::is_null) {
            row.remove("filter_reason");
        }
        let opaque = row.get("id").and_then(Value::as_str).filter(|id| id.starts_with("dv_") || id.starts_with("fv_"));
        if let Some(id) = opaque.map(ToOwned::to_owned) {
            ensure!(ids.insert(id.clone()), "two rows have the id {id}");
            row.insert("id".to_owned(), Value::from(&id[..3]));
        }
    }
    erase(&mut answer);
    order(&mut answer);
    Ok(answer)
}

fn settle_meta(answer: &mut Value) -> anyhow::Result<()> {
    let meta = answer["meta"].as_object_mut().context("no meta")?;
    let mut take = |name: &str| -> anyhow::Result<String> {
        let value = meta.remove(name).with_context(|| format!("meta has no {name}"))?;
        Ok(value.as_str().with_context(|| format!("{name} is no text: {value}"))?.to_owned())
    };
    let as_of: DateTime<Utc> = take("as_of")?.parse()?;
    let yesterday = as_of.date_naive().checked_sub_days(Days::new(1)).context("as_of is too early")?;
    let provisional = yesterday.and_time(NaiveTime::MIN).and_utc().to_rfc3339_opts(SecondsFormat::Micros, true);
    // Rule 7.
    ensure!(take("provisional_after")? == provisional, "provisional_after is not 00:00 UTC of yesterday at {as_of}");
    take("position")?.parse::<Position>()?;
    let csv_url = take("csv_url")?;
    ensure!(csv_url.contains("format=csv"), "csv_url asks for no CSV: {csv_url}");
    Ok(())
}

/// Replaces the random ids of erased clients, and what masks hide.
fn erase(value: &mut Value) {
    match value {
        Value::String(text) if text.starts_with("cl_erased_") => ERASED.clone_into(text),
        Value::String(text) if text.contains("***") => MASKED.clone_into(text),
        Value::Array(entries) => entries.iter_mut().for_each(erase),
        Value::Object(members) => members.values_mut().for_each(erase),
        _ => {}
    }
}

fn order(answer: &mut Value) {
    for path in UNORDERED {
        if let Some(Value::Array(entries)) = answer.pointer_mut(path) {
            entries.sort_by_key(|entry| {
                ["/client/id", "/type", "/id", "/collection_id"]
                    .map(|path| entry.pointer(path).map(ToString::to_string))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_difference_is_found_and_numbers_compare_by_value() {
        assert!(differences(&json!({"a": [1, 0.0]}), &json!({"a": [1.0, 0]})).is_empty());
        let found = differences(&json!({"a": 1, "b": [1, 2], "c": null}), &json!({"a": 2, "b": [1], "d": null}));
        assert_eq!(found.len(), 4, "{found:?}");
    }
}
