//! Every number of the story's answers is explained by the definition's glossary, and the glossary explains no other.

use std::collections::BTreeSet;

use loupe_schemas::definition;
use serde_json::Value;

use super::expected;

/// The endpoint's name: its path without ids and without the collection.
fn endpoint(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.split('/').filter(|part| !part.is_empty() && part.parse::<u64>().is_err());
    parts.filter(|part| *part != "collections").collect::<Vec<_>>().join("_")
}

/// Where in an answer numbers, nulls and objects are, without indexes of arrays.
fn places(value: &Value, at: &str, numbers: &mut BTreeSet<String>, all: &mut BTreeSet<String>) {
    all.insert(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "id" && !name.ends_with("_id")) {
                places(member, &format!("{at}/{name}"), numbers, all);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| places(entry, at, numbers, all)),
        Value::Number(_) => {
            numbers.insert(at.to_owned());
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[test]
fn every_number_of_an_answer_is_in_the_glossary_and_no_other() {
    let (mut numbers, mut all, mut endpoints) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for question in expected::answers() {
        let endpoint = endpoint(&question.path);
        places(&question.answer, &endpoint, &mut numbers, &mut all);
        endpoints.insert(endpoint);
    }
    let glossary = &definition::current().glossary;
    let explained: BTreeSet<&str> = glossary.iter().flat_map(|term| &term.fields).map(String::as_str).collect();
    let in_every_list = |place: &str| place.split_once('/').map(|(_, rest)| format!("*/{rest}")).unwrap_or_default();
    let is_explained = |place: &str| explained.contains(place) || explained.contains(in_every_list(place).as_str());
    // A map's keys are values, so that the map is explained and not each key.
    let of_map = |place: &str| place.rsplit_once('/').is_some_and(|(map, _)| is_explained(map));
    let unexplained: Vec<_> = numbers.iter().filter(|place| !is_explained(place) && !of_map(place)).collect();
    assert!(unexplained.is_empty(), "not in the glossary: {unexplained:#?}");

    let answered = |field: &str| match field.split_once('/') {
        Some(("*", rest)) => endpoints.iter().all(|endpoint| all.contains(&format!("{endpoint}/{rest}"))),
        Some((endpoint, _)) => !endpoints.contains(endpoint) || all.contains(field),
        None => false,
    };
    let unanswered: Vec<_> = explained.iter().filter(|field| !answered(field)).collect();
    assert!(unanswered.is_empty(), "no answer has: {unanswered:#?}");
}
