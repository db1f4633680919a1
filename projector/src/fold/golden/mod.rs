//! What the fold makes of a fixed set of events, row by row: a number of a past event changes on purpose, together
//! with the version of its definition, or not at all.
//!
//! `LOUPE_WRITE_GOLDEN=1 cargo test -p projector golden` writes the file anew; the difference is for people to read.

use loupe_schemas::Event;
use loupe_schemas::examples::{self, ALL, Variation};
use loupe_schemas::json;

use super::recompute::recompute;

const EXPECTED: &str = include_str!("rows.txt");
const VARIED: u32 = 220;

/// Every example once, tombstones too, and a few hundred events that have to do with each other.
fn events() -> Vec<Event> {
    let parse =
        |text: &str| json::parse(text, &|address| address.to_string().into_bytes()).expect("an example is an event");
    let mut events: Vec<Event> = ALL.iter().map(|example| parse(example.json)).collect();
    for number in 0..VARIED {
        // Steps that share no factor with the counts go through all combinations.
        let few = |step: u32, options: u32| u8::try_from(number * step / 7 % options).expect("few");
        let example = &examples::events()[number as usize * 11 % examples::events().len()];
        let (moment, collection, download, actor) = (few(5, 8), few(2, 2), few(3, 4), few(13, 5));
        events.push(examples::vary(example, Variation { number, moment, collection, download, actor }));
    }
    events
}

#[test]
fn the_rows_of_a_fixed_set_of_events_do_not_change() {
    let events = events();
    let tables = recompute(events.iter().map(|event| (event, event.head.event_id.0.as_bytes().as_slice())));
    let lines = tables.lines();
    if std::env::var_os("LOUPE_WRITE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/fold/golden/rows.txt");
        std::fs::write(path, lines.join("\n") + "\n").expect("the file can be written");
        return;
    }
    let expected: Vec<&str> = EXPECTED.lines().collect();
    for (line, expected) in lines.iter().zip(&expected) {
        assert_eq!(line, expected);
    }
    assert_eq!(lines.len(), expected.len());
}
