//! A few days of two studios, written by hand, and what the six endpoints must answer about them.
//!
//! The story is of late March 2025: the clocks of Berlin go forward on Sunday the 30th, everything is long idle, and
//! no count of it changes any more. Account ids are in no answer, so the same story under other accounts has the same
//! answers: once delivered cleanly, once three times over in disorder, once in foreign Avro.

mod catalogue;
mod downloads;
mod elsewhere;
pub mod expected;
mod favorites;
#[cfg(test)]
mod glossary_tests;
mod links;
mod people;
pub mod reading;
mod script;
mod stars;
mod visits;

use serde_json::Value;

pub use script::{download_id, time};

/// The wedding that most of the story is about; the other studio has a collection of the same id (rule 103).
pub const WEDDING: u64 = 9001;
/// A collection without a publication date.
pub const PORTRAITS: u64 = 9002;
/// A collection that is deleted at the end.
pub const GONE: u64 = 9003;

/// Scopes of the key that reads the studio's account in full.
pub const OWNER_SCOPES: &str = "downloads:read,favorites:read,links:read,links:secret,clients:pii,analytics:read";
/// Scopes of the key that reads the other account: neither emails nor URLs.
pub const OTHER_SCOPES: &str = "downloads:read,favorites:read,links:read,analytics:read";

/// Every event of the story, in the order it is told: the studio's under `account`, the other's under `other_account`.
#[must_use]
pub fn events(account: u64, other_account: u64) -> Vec<Value> {
    let mut script = script::Script::new(account);
    catalogue::tell(&mut script);
    visits::tell(&mut script);
    downloads::tell(&mut script);
    links::tell(&mut script);
    favorites::tell(&mut script);
    stars::tell(&mut script);
    catalogue::tell_end(&mut script);
    let mut elsewhere = script::Script::new(other_account);
    elsewhere::tell(&mut elsewhere);
    let mut events = script.into_events();
    events.extend(elsewhere.into_events());
    events
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use loupe_schemas::event::EventType;

    use super::*;

    #[test]
    fn every_event_type_occurs() {
        let told: BTreeSet<String> =
            events(1, 2).iter().filter_map(|event| Some(event["type"].as_str()?.to_owned())).collect();
        let all: BTreeSet<String> = EventType::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
        assert_eq!(told, all);
    }
}
