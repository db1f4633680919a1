//! However the text of an event is written, it is the same event; and what is wrong with it is found in one order.

use loupe_schemas::Event;
use loupe_schemas::event::EventType;
use loupe_schemas::examples::{ALL, Example};
use loupe_schemas::json::{self, FlatEvent, Reader};
use loupe_schemas::rules::{Code, Violation};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value};

use crate::wrong_values::{members, name_of, wrong_for};
use crate::{example, hash_ip, with};

/// Members that no object of an event has, and their values.
const UNKNOWN: [&str; 8] = [
    "\"x\":null",
    "\"\":{\"type\":\"none\",\"media_id\":[]}",
    "\"Type\":-0.0",
    "\"media_ids\":[[],{},[{\"a\":[1e308]}]]",
    "\"\\u0000\":\"\\ud83d\\ude00\\n\"",
    "\"event_id \":18446744073709551616",
    "\"$serde_json::private::RawValue\":\"{\\\"type\\\":\\\"none\\\"}\"",
    "\"\u{e9}\":true",
];

/// What no JSON text has anywhere.
const NOT_JSON: [&[u8]; 12] = [
    b"1e400",
    b"-1e999",
    b"\"\\ud800\"",
    b"\"\\udc00 \\ud800\"",
    b"\"\\x\"",
    b"\"\n\"",
    b"\"\xff\"",
    b"01",
    b"nul",
    b"[1,]",
    b"{\"a\":1,}",
    b"{1:2}",
];

/// What decides how a text is written: bytes that are taken in turn, over and over.
struct Choices<'a> {
    bytes: std::iter::Cycle<std::slice::Iter<'a, u8>>,
}

impl<'a> Choices<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter().cycle() }
    }

    fn below(&mut self, count: usize) -> usize {
        usize::from(*self.bytes.next().expect("at least one byte")) % count
    }

    fn space(&mut self) -> &'static str {
        ["", "", "", " ", "\n", "\t\r\n "][self.below(6)]
    }

    /// A string with some of its characters escaped.
    fn text(&mut self, text: &str) -> String {
        let mut written = String::from("\"");
        for character in text.chars() {
            if self.below(4) == 0 {
                let mut units = [0; 2];
                let escaped = character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}"));
                written.extend(escaped);
            } else {
                let plain = Value::from(character.to_string()).to_string();
                written.push_str(&plain[1..plain.len() - 1]);
            }
        }
        written + "\""
    }

    /// A value with members in any order, some unknown, some named before by a wrong value, which the last overrules.
    fn value(&mut self, value: &Value) -> String {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(entries) => {
                let entries: Vec<_> = entries.iter().map(|entry| self.value(entry)).collect();
                format!("[{}{}]", self.space(), entries.join(","))
            }
            Value::Object(members) => {
                let mut written = Vec::new();
                for (name, value) in members {
                    let member = format!("{}{}:{}{}", self.text(name), self.space(), self.space(), self.value(value));
                    written.insert(self.below(written.len() + 1), member);
                }
                for (name, _) in members {
                    if self.below(8) == 0 {
                        let overruled = ["null", "[{}]", "true", "-1.5", "\"\""][self.below(5)];
                        written.insert(0, format!("{}:{overruled}", self.text(name)));
                    }
                }
                if self.below(3) == 0 {
                    let unknown = UNKNOWN[self.below(UNKNOWN.len())];
                    written.insert(self.below(written.len() + 1), unknown.to_owned());
                }
                format!("{}{{{}}}{}", self.space(), written.join(","), self.space())
            }
            other => other.to_string(),
        }
    }
}

fn value(example: &Example) -> Value {
    serde_json::from_str(example.json).expect("an example is JSON")
}

fn read_cloud_event(text: &str) -> Result<Event, Violation> {
    let mut reader = Reader::default();
    json::cloud_event(reader.read(text.as_bytes())?)?.parse(&hash_ip)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_event_is_the_same_however_it_is_written(
        example in any::<Index>(),
        choices in prop::collection::vec(any::<u8>(), 1..400),
    ) {
        let value = value(&ALL[example.index(ALL.len())]);
        let event = json::parse(value.to_string(), &hash_ip).expect("an example is an event");
        let text = Choices::new(&choices).value(&value);
        prop_assert_eq!(json::parse(&text, &hash_ip), Ok(event.clone()), "{}", text);
        let text = Choices::new(&choices).value(&json::to_value(&event));
        prop_assert_eq!(json::parse(&text, &hash_ip), Ok(event), "{}", text);
    }

    #[test]
    fn rule_96_attributes_stand_in_for_fields_however_they_are_written(
        example in any::<Index>(),
        stand_ins in any::<[Option<bool>; 3]>(),
        choices in prop::collection::vec(any::<u8>(), 1..400),
    ) {
        let mut data = value(&ALL[example.index(ALL.len())]);
        let event = json::parse(data.to_string(), &hash_ip);
        let mut attributes = Map::from_iter([("specversion".to_owned(), Value::from("1.0"))]);
        let names = [("id", "event_id"), ("type", "type"), ("time", "occurred_at")];
        for ((name, field), stand_in) in names.into_iter().zip(stand_ins) {
            let Some(is_null) = stand_in else { continue };
            let field = &mut data[field];
            attributes.insert(name.to_owned(), if is_null { field.take() } else { field.clone() });
        }
        attributes.insert("data".to_owned(), data);
        let text = Choices::new(&choices).value(&Value::Object(attributes));
        prop_assert_eq!(read_cloud_event(&text), event, "{}", text);
    }

    #[test]
    fn what_is_not_json_anywhere_is_malformed_whatever_else_is_wrong(
        example in any::<Index>(),
        at in any::<Index>(),
        wrong in any::<Index>(),
    ) {
        let mut event = value(&ALL[example.index(ALL.len())]);
        let mut all = Vec::new();
        members(&event, "", &mut all);
        *event.pointer_mut(&all[at.index(all.len())].0).expect("a member") = Value::from("<here>");
        let text = event.to_string();
        let (before, after) = text.split_once("\"<here>\"").expect("was just put there");
        let text = [before.as_bytes(), NOT_JSON[wrong.index(NOT_JSON.len())], after.as_bytes()].concat();
        let violation = json::parse(&text, &hash_ip).expect_err("is not JSON");
        prop_assert_eq!((violation.code, violation.field.as_str()), (Code::Malformed, "event"), "{}", violation.message);
    }

    #[test]
    fn of_two_wrong_fields_the_one_documented_first_is_named_whatever_comes_first_in_the_text(
        event_type in prop::sample::select(EventType::ALL),
        (one, other) in any::<(Index, Index)>(),
        kind in any::<Index>(),
        choices in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        // Examples have their fields in documented order.
        let mut event = example(event_type.as_str(), "full");
        let mut all = Vec::new();
        members(&event, "", &mut all);
        let (one, other) = (one.index(all.len()), other.index(all.len()));
        let (first, second) = (one.min(other), one.max(other));
        let inside = format!("{}/", all[first].0);
        // What is inside of a wrong value is not there to be wrong.
        prop_assume!(!all[second].0.starts_with(&inside));
        for (pointer, right) in [&all[first], &all[second]] {
            let wrong = wrong_for(right);
            event = with(event, pointer, Some(wrong[kind.index(wrong.len())].clone()));
        }
        let violation = json::parse(Choices::new(&choices).value(&event), &hash_ip).expect_err("is wrong twice");
        prop_assert_eq!(violation.field, name_of(&all[first].0));
    }
}

#[test]
fn of_two_wrong_entries_the_first_is_named_whatever_is_wrong_with_them() {
    let mut event = example("DownloadRequested", "full");
    for (pointer, wrong) in [("/items/0/media_id", Value::Bool(true)), ("/items/1", Value::from("no object"))] {
        event = with(event, pointer, Some(wrong));
    }
    let violation = json::parse(event.to_string(), &hash_ip).expect_err("is wrong twice");
    assert_eq!(violation.field, "items[0].media_id");
}

#[test]
fn a_text_is_one_value_that_does_not_nest_too_deep() {
    let event = ALL[0].json.trim_end();
    for (depth, is_read) in [(126, true), (127, false)] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let text = event.replacen('{', &format!("{{\"unknown\":{nested},"), 1);
            assert_eq!(json::parse(text, &hash_ip).is_ok(), is_read, "{depth}");
        }
    }
    for rest in ["x", "{}", "}", "\u{feff}", ","] {
        let violation = json::parse(format!("{event} {rest}"), &hash_ip).expect_err("something follows");
        assert_eq!(violation.code, Code::Malformed);
    }
    assert!(json::parse(format!("\r\n\t {event}\n\n"), &hash_ip).is_ok());
}

#[test]
fn a_reader_forgets_what_it_read_before_even_when_it_was_cut_off() {
    let mut reader = Reader::default();
    for example in ALL {
        let expected = json::parse(example.json, &hash_ip);
        reader.read(&example.json.as_bytes()[..example.json.len() / 2]).expect_err("was cut off");
        let node = reader.read(example.json.as_bytes()).expect("an example is JSON");
        assert_eq!(FlatEvent::new(node).and_then(|flat| flat.parse(&hash_ip)), expected);
    }
}
