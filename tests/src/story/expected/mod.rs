//! What the endpoints must answer about the story, worked out by hand from DOMAIN.md and RULES.md, never from the code.
//!
//! The actions, by the number in their id (all times of March 2025, UTC; `→` is the outcome):
//!
//! ```text
//!  1 29T10:00:00 ANA   photo 501 high_res   one whole response                        → completed 10:00:02
//!  2 29T11:00:00 ANA   photo 501 high_res   HEAD and probe filtered, then all         → completed 11:00:05
//!  3 30T00:00:01 ANA   photo 501 high_res   1500 bytes of v1, 2500 of v2              → partial (rule 37)
//!  4 29T12:00:00 BEN   photo 502 web_2048   overlapping ranges, by sl_one             → completed 12:00:10
//!  5 29T13:00:00 GUEST photo 502 original   502 of the origin, by sl_one              → failed, retried as 6
//!  6 29T13:05:00 GUEST photo 502 original   by sl_one                                 → completed 13:05:03
//!  7 30T15:00:00 CLEO  photo 503 high_res   403                                       → failed
//!  8 29T10:30:00 ROBOT photo 501 original   filtered: robot
//!  9 29T09:00:00 OWNER photo 501 original   filtered: internal
//! 10 29T21:00:00 drive photo 502 web_1024   data centre, but to a cloud drive         → completed 21:00:01
//! 11 29T21:10:00 nobody photo 502 web_1024  filtered: data_center
//! 12 31T08:00:00 BEN   photo 503 web_640    never fetched                             → abandoned
//! 21 29T14:00:00 ANA   archive 501 502 601  high_res, 6000 of 12000 bytes             → partial
//! 22 30T09:00:00 DAN   archive 501 503      original, resumed                         → completed 09:01:00
//! 23 31T09:00:00 ANA   archive 501 502      high_res, never prepared                  → failed
//! 24 29T20:00:00 BEN   film 601 video_original, resumed twice                         → completed 20:03:00
//! 25 30T16:00:00 GUEST film 602 video_720p, 3000 of 9000 bytes                        → partial
//! 26 31T10:00:00 CLEO  film 601 video_1080p, only watched (filtered: purpose)         → abandoned
//! ```

mod deliveries;
mod downloads;
mod elsewhere;
mod favorites;
mod links;
mod starred;

use serde_json::{Value, json};

use super::people::{ANA_ID, BEN_ID, CLEO_ID, EVE_ID};
use super::script::time;
use crate::compare::{ERASED, MASKED};

/// A question, who asks it, and the right answer.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Who asks.
    pub asker: Asker,
    /// The path and query of the question.
    pub path: String,
    /// The answer, as [`compare::settle`](crate::compare::settle) leaves it.
    pub answer: Value,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// The studio, with every scope.
    Owner,
    /// The other studio, which may see neither emails nor URLs.
    Other,
}

/// Questions to all six endpoints by both studios, with their whole answers.
#[must_use]
pub fn answers() -> Vec<Expectation> {
    let owner = [
        ("/collections/9001/photo_downloads", deliveries::photos()),
        ("/collections/9001/gallery_video_downloads", deliveries::videos()),
        ("/collections/9001/downloads/", downloads::all()),
        ("/collections/9001/photo_sharing_links", links::all()),
        ("/collections/9001/favorites", favorites::current()),
        ("/collections/9001/favorites?state=all", favorites::all()),
        ("/photos/starred?tz=Europe/Berlin", starred::any()),
    ];
    let owner = owner.map(|(path, answer)| Expectation { asker: Asker::Owner, path: path.to_owned(), answer });
    owner.into_iter().chain(elsewhere::answers()).collect()
}

/// A part of an answer that a filter leaves: the rows by an id, and the summary.
#[derive(Debug, Clone)]
pub struct Narrowed {
    /// The path and query of the question.
    pub path: String,
    /// Where in a row its id is.
    pub id: &'static str,
    /// The ids of all rows, in order.
    pub ids: Vec<Value>,
    /// The whole summary.
    pub summary: Value,
}

/// Questions with filters, asked by the owner.
#[must_use]
pub fn narrowed() -> Vec<Narrowed> {
    [downloads::narrowed(), deliveries::narrowed(), starred::narrowed()].concat()
}

/// The rows that `include=filtered` adds to `/downloads/`: id and reason (rules 5 and 24).
#[must_use]
pub fn filtered_downloads() -> [(String, &'static str); 3] {
    [(action(11), "data_center"), (action(8), "robot"), (action(9), "internal")]
}

/// The id of an action by its number.
fn action(number: u8) -> String {
    let at = match number {
        1 => "29T10:00:00",
        2 => "29T11:00:00",
        3 => "30T00:00:01",
        4 => "29T12:00:00",
        5 => "29T13:00:00",
        6 => "29T13:05:00",
        7 => "30T15:00:00",
        8 => "29T10:30:00",
        9 => "29T09:00:00",
        10 => "29T21:00:00",
        11 => "29T21:10:00",
        12 => "31T08:00:00",
        21 => "29T14:00:00",
        22 => "30T09:00:00",
        23 => "31T09:00:00",
        24 => "29T20:00:00",
        25 => "30T16:00:00",
        26 => "31T10:00:00",
        _ => panic!("there is no action {number}"),
    };
    super::download_id(at, number)
}

fn at(text: &str) -> Value {
    time(text).into()
}

fn maybe_at(text: Option<&str>) -> Value {
    text.map_or(Value::Null, at)
}

/// The meta of a first page that holds everything; `settle` has taken out what is of the moment (rules 2 and 99).
fn meta(total: usize) -> Value {
    json!({
        "current_page": 1, "per_page": 50, "total": total, "last_page": 1, "total_pages": 1, "from": null, "to": null,
        "next_cursor": null, "definition": "v1",
    })
}

fn ana() -> Value {
    json!({"id": ANA_ID, "email": "ana@ex.com", "name": "Ana Ruiz", "identified_by": "email"})
}

/// Ana on the 31st (rule 15: identified_by is of the row's actor).
fn ana_logged_in() -> Value {
    json!({"id": ANA_ID, "email": "ana@ex.com", "name": "Ana Ruiz", "identified_by": "login"})
}

/// His entry has no name.
fn ben() -> Value {
    json!({"id": BEN_ID, "email": "ben@ex.com", "name": null, "identified_by": "pin"})
}

/// Not in the catalogue (rule 15).
fn cleo() -> Value {
    json!({"id": CLEO_ID, "email": null, "name": null, "identified_by": "login"})
}

/// Erased (rule 16).
fn dan() -> Value {
    json!({"id": ERASED, "email": null, "name": null, "identified_by": "email"})
}

/// The other studio's client, for a key that may not see emails.
fn eve() -> Value {
    json!({"id": EVE_ID, "email": MASKED, "name": "Eve", "identified_by": "email"})
}
