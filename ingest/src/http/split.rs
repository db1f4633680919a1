//! A body into its events, each still raw: one event that cannot be read must not spoil the others.

use std::cell::Cell;
use std::fmt;

use loupe_service::problem::Problem;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::json;
use serde_json::value::RawValue;

use super::body::too_large;
use super::content::MediaType;

/// The raw JSON of each event of a body, in order: the index of a verdict is an index into it.
///
/// JSON must be well-formed as a whole; of NDJSON each line is on its own, and blank lines are no events.
pub(super) fn split(media_type: MediaType, body: &[u8], events_max: usize) -> Result<Vec<&[u8]>, Problem> {
    match (media_type, first_byte(body)) {
        (MediaType::NdJson, _) => lines(body, events_max),
        (_, Some(b'[')) => elements(body, events_max),
        (MediaType::Json | MediaType::CloudEvent, Some(b'{')) => object(body),
        (MediaType::CloudEventBatch, _) => Err(shape(body, "an array of CloudEvents")),
        (MediaType::Json | MediaType::CloudEvent, _) => Err(shape(body, "an object or an array of objects")),
    }
}

fn first_byte(body: &[u8]) -> Option<u8> {
    body.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

fn lines(body: &[u8], events_max: usize) -> Result<Vec<&[u8]>, Problem> {
    let lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let lines: Vec<&[u8]> = lines.take(events_max.saturating_add(1)).collect();
    if lines.len() > events_max { Err(too_many(events_max)) } else { Ok(lines) }
}

fn object(body: &[u8]) -> Result<Vec<&[u8]>, Problem> {
    let raw: &RawValue = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    Ok(vec![raw.get().as_bytes()])
}

fn elements(body: &[u8], events_max: usize) -> Result<Vec<&[u8]>, Problem> {
    let too_long = Cell::new(false);
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let elements = Elements { events_max, too_long: &too_long }
        .deserialize(&mut deserializer)
        .and_then(|elements| deserializer.end().map(|()| elements));
    elements.map_err(|error| if too_long.get() { too_many(events_max) } else { malformed(&error) })
}

/// Reads an array element by element, giving up at the first one too many.
struct Elements<'a> {
    events_max: usize,
    too_long: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = Vec<&'de [u8]>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = Vec<&'de [u8]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(raw) = sequence.next_element::<&'de RawValue>()? {
            if elements.len() == self.events_max {
                self.too_long.set(true);
                return Err(serde::de::Error::custom("too many events"));
            }
            elements.push(raw.get().as_bytes());
        }
        Ok(elements)
    }
}

fn too_many(events_max: usize) -> Problem {
    too_large("events_per_request_max", events_max, "events")
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::bad_request("malformed", format!("the body is not JSON: {error}"))
        .with_details(json!({ "line": error.line(), "column": error.column() }))
}

/// The body is JSON of another shape, or no JSON at all.
fn shape(body: &[u8], expected: &str) -> Problem {
    match serde_json::from_slice::<&RawValue>(body) {
        Err(error) => malformed(&error),
        Ok(_) => {
            let (line, column) = position_of_first(body);
            Problem::bad_request("malformed", format!("the body must be {expected} at line {line} column {column}"))
                .with_details(json!({ "line": line, "column": column }))
        }
    }
}

fn position_of_first(body: &[u8]) -> (usize, usize) {
    let before = body.iter().take_while(|byte| byte.is_ascii_whitespace());
    before.fold((1, 1), |(line, column), byte| if *byte == b'\n' { (line + 1, 1) } else { (line, column + 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(media_type: MediaType, body: &str) -> Result<Vec<String>, Problem> {
        split(media_type, body.as_bytes(), 3)
            .map(|events| events.into_iter().map(|event| String::from_utf8(event.to_vec()).unwrap()).collect())
    }

    #[test]
    fn each_media_type_gives_its_events_in_order() {
        assert_eq!(texts(MediaType::Json, " {\"a\":1} ").unwrap(), ["{\"a\":1}"]);
        assert_eq!(texts(MediaType::Json, "[{\"a\":1}, 2]").unwrap(), ["{\"a\":1}", "2"]);
        assert_eq!(texts(MediaType::NdJson, "{\"a\":1}\r\n\n  \nnonsense\n").unwrap(), ["{\"a\":1}", "nonsense"]);
        assert_eq!(texts(MediaType::CloudEvent, "{}").unwrap(), ["{}"]);
        assert_eq!(texts(MediaType::CloudEvent, "[{}]").unwrap(), ["{}"]);
        assert_eq!(texts(MediaType::CloudEventBatch, "[{},{}]").unwrap(), ["{}", "{}"]);
    }

    #[test]
    fn rule_98_empty_batches_have_no_events() {
        assert!(texts(MediaType::Json, "[]").unwrap().is_empty());
        assert!(texts(MediaType::CloudEventBatch, " [ ] ").unwrap().is_empty());
        assert!(texts(MediaType::NdJson, "\n\n").unwrap().is_empty());
    }

    #[test]
    fn malformed_json_says_where() {
        for (media_type, body, position) in [
            (MediaType::Json, "", "line 1 column 0"),
            (MediaType::Json, "{\"a\":1,\n}", "line 2 column 1"),
            (MediaType::Json, "[{},\n {]", "line 2 column 3"),
            (MediaType::Json, "{} x", "line 1 column 4"),
            (MediaType::Json, "[] x", "line 1 column 4"),
            (MediaType::Json, "\n 12", "line 2 column 2"),
            (MediaType::CloudEventBatch, "{}", "line 1 column 1"),
        ] {
            let problem = texts(media_type, body).unwrap_err();
            assert_eq!((problem.status().as_u16(), problem.code()), (400, "malformed"), "{body:?}");
            assert!(problem.message().ends_with(position), "{body:?}: {problem}");
        }
        let problem = split(MediaType::Json, b"{\"a\":\"\xff\"}", 3).unwrap_err();
        assert_eq!(problem.code(), "malformed");
    }

    #[test]
    fn more_events_than_the_limit_are_too_many() {
        for (media_type, body) in [(MediaType::Json, "[1,2,3,4]"), (MediaType::NdJson, "1\n2\n3\n4")] {
            let problem = texts(media_type, body).unwrap_err();
            assert_eq!(problem.status(), 413);
            assert!(problem.message().contains("at most 3 events (events_per_request_max)"), "{problem}");
        }
        assert_eq!(texts(MediaType::Json, "[1,2,3]").unwrap().len(), 3);
    }
}
