//! Events that have to do with each other, made of the examples: few people, few collections, few downloads, close in
//! time. For tests that fold many events, whatever order they take them in.

use std::sync::LazyLock;

use uuid::Uuid;

use super::ALL;
use crate::event::{Event, Fact, Role};
use crate::ids::{ClientId, CollectionId, DownloadId, EventId};
use crate::{Micros, json};

/// 2025-12-31T23:59:50Z: events a few seconds apart fall on two days of two years.
pub const BASE: Micros = Micros(1_767_225_590_000_000);

/// How an event differs from its example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variation {
    /// Its place in the set: it becomes event id and sequence number.
    pub number: u32,
    /// When, in units of five seconds since [`BASE`].
    pub moment: u8,
    /// Which collection.
    pub collection: u8,
    /// Which download of the collection.
    pub download: u8,
    /// Who: 0 and 1 are clients, 2 a visitor, 3 the owner, 4 a robot.
    pub actor: u8,
}

/// The examples that travel with a payload, parsed: all but deletions and erasures, which are tombstones.
#[must_use]
pub fn events() -> &'static [Event] {
    static EVENTS: LazyLock<Vec<Event>> = LazyLock::new(|| {
        let parsed = ALL.iter().filter_map(|example| json::parse(example.json, &|ip| ip.to_string().into_bytes()).ok());
        let has_payload = |event: &Event| !event.fact.event_type().is_deletion();
        parsed.filter(|event| has_payload(event) && !matches!(event.fact, Fact::ClientErased(_))).collect()
    });
    &EVENTS
}

/// An event like `example`.
#[must_use]
pub fn vary(example: &Event, variation: Variation) -> Event {
    let Variation { number, moment, collection, download, actor } = variation;
    let mut event = example.clone();
    event.head.event_id = EventId(Uuid::from_u128(u128::from(number) + 1));
    event.head.occurred_at = Micros(BASE.0 + i64::from(moment) * 5_000_000);
    event.head.collection_id = event.head.collection_id.map(|_| CollectionId(u64::from(collection) + 1));
    if let Some(edge) = &mut event.head.edge {
        edge.seq = i64::from(number);
    }
    if let Some(who) = &mut event.head.actor {
        who.client_id = (actor < 2).then(|| ClientId::new(format!("cl_{actor}"))).flatten();
        who.role = if actor == 3 { Role::Owner } else { Role::Client };
        who.ip_key = vec![actor];
        who.user_agent = if actor == 4 { "Googlebot/2.1" } else { "Mozilla/5.0 (iPhone) Safari/604.1" }.to_owned();
    }
    let id = download_id(collection, download);
    match &mut event.fact {
        Fact::DownloadRequested(request) => request.download_id = id,
        Fact::DownloadPrepared(prepared) => prepared.download_id = id,
        Fact::DownloadPrepareFailed(failed) => failed.download_id = id,
        Fact::TransferSegment(segment) => segment.download_id = segment.download_id.map(|_| id),
        _ => {}
    }
    event
}

/// A download belongs to one collection, and its id tells when it was asked for.
fn download_id(collection: u8, download: u8) -> DownloadId {
    let millis = BASE.0.unsigned_abs() / 1_000 + u64::from(download) * 9_000;
    let low = u128::from(download) * 256 + u128::from(collection);
    DownloadId(Uuid::from_u128(u128::from(millis) << 80 | 7 << 76 | 2 << 62 | low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_that_is_not_a_tombstone_is_there() {
        let tombstones = ["ClientErased", "CollectionDeleted", "GalleryDeleted", "MediaDeleted"];
        let expected = ALL.iter().filter(|example| !tombstones.contains(&example.event_type)).count();
        assert_eq!(events().len(), expected);
    }

    #[test]
    fn a_download_of_two_collections_is_two_and_tells_its_time() {
        assert_ne!(download_id(0, 1), download_id(1, 1));
        assert_eq!(download_id(1, 2).requested_at().0, BASE.0 + 18_000_000);
    }
}
