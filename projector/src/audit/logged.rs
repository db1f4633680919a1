//! What the log has of collections, read once for as many as there is room for.

use std::collections::BTreeMap;

use bytes::Bytes;
use loupe_schemas::Event;
use loupe_schemas::position::Position;
use loupe_schemas::topics::CatalogKey;
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;

use super::{Collection, Events};
use crate::config::Config;
use crate::log::{Decoded, Decoder, Record, scan};
use crate::retention::Retention;
use crate::store::Homes;

/// Memory for records of more than one collection.
const BYTES_MAX: usize = 256 << 20;
/// What a record takes beside its key and its payload.
const RECORD_BYTES: usize = 256;

/// The records of some collections.
pub(super) struct Log {
    records: BTreeMap<u64, Vec<Record>>,
    homes: Homes,
    /// How long the tables keep rows: records that come later than that are refused.
    pub(super) retention: Retention,
    /// Whether the log has everything since its first record.
    pub(super) is_whole: bool,
}

/// Records by collection id, which collections of several accounts may have.
struct Kept {
    /// The collection ids that are wanted still, one for each account.
    wanted: Vec<u64>,
    records: BTreeMap<u64, Vec<Record>>,
    bytes: usize,
    bytes_max: usize,
}

impl Log {
    /// Reads the log up to `until`, for as many of the collections as there is room for: how many of the first, at least one.
    ///
    /// # Errors
    /// Kafka cannot be reached, or falls silent before the end.
    pub(super) fn read(
        config: &Config,
        collections: &[Collection],
        until: &Position,
        homes: Homes,
        retention: Retention,
    ) -> Result<(Self, usize), KafkaError> {
        let mut kept = Kept::of(collections, BYTES_MAX);
        let scanned = scan(config, until, |message| {
            if let Some(id) = message.key().and_then(collection_of)
                && kept.records.contains_key(&id)
                && let Some(record) = Record::of(message, Bytes::copy_from_slice)
            {
                kept.take(id, record);
            }
        })?;
        let (count, homes) = (kept.wanted.len(), homes.with(scanned.event_partitions));
        Ok((Self { records: kept.records, homes, retention, is_whole: scanned.is_whole }, count))
    }

    /// The events of a collection that was read.
    pub(super) fn events_of(&self, collection: Collection) -> Events {
        let mut decoder = Decoder::default().keeping(self.retention);
        let mut events = Events::new();
        for record in self.records.get(&collection.collection_id).into_iter().flatten() {
            if let Some(event) = event_of(&mut decoder, record, &self.homes)
                && event.head.account_id.0 == collection.account_id
            {
                let payload = record.payload.as_deref().unwrap_or_default().to_vec();
                // Of two events under one id the first in the log counts (rule 10).
                events.entry(event.head.event_id).or_insert((event, payload));
            }
        }
        events
    }
}

impl Kept {
    fn of(collections: &[Collection], bytes_max: usize) -> Self {
        let wanted: Vec<u64> = collections.iter().map(|collection| collection.collection_id).collect();
        let records = wanted.iter().map(|id| (*id, Vec::new())).collect();
        Self { wanted, records, bytes: 0, bytes_max }
    }

    /// Keeps a record of a collection that is wanted; without room, the last ones are wanted no more.
    fn take(&mut self, id: u64, record: Record) {
        let Some(records) = self.records.get_mut(&id) else { return };
        self.bytes += bytes_of(&record);
        records.push(record);
        while self.bytes > self.bytes_max && self.wanted.len() > 1 {
            let last = self.wanted.pop();
            if let Some(id) = last.filter(|id| !self.wanted.contains(id)) {
                let gone = self.records.remove(&id).unwrap_or_default();
                self.bytes -= gone.iter().map(bytes_of).sum::<usize>();
            }
        }
    }
}

fn bytes_of(record: &Record) -> usize {
    RECORD_BYTES + record.key.len() + record.payload.as_ref().map_or(0, Bytes::len)
}

/// The collection that a key names: of an event, or of an entry of the catalogue.
fn collection_of(key: &[u8]) -> Option<u64> {
    let key = std::str::from_utf8(key).ok()?;
    if !key.contains('/') {
        return key.parse().ok().filter(|id: &u64| id.to_string() == key);
    }
    match CatalogKey::parse(key)? {
        CatalogKey::Collection(_, id) | CatalogKey::Gallery(_, id, _) | CatalogKey::Media(_, id, _) => Some(id.0),
        CatalogKey::Client(..) => None,
    }
}

/// The event of a record that lies where some count of partitions put it: elsewhere it was sent on from.
fn event_of(decoder: &mut Decoder, record: &Record, homes: &Homes) -> Option<Event> {
    homes.counts().find_map(|count| match decoder.decode(record, count) {
        Decoded::Event { event, .. } => Some(*event),
        Decoded::Canary(_) | Decoded::Misrouted { .. } | Decoded::Rejected(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use loupe_schemas::Micros;
    use loupe_schemas::topics;

    use super::*;

    fn record(bytes: usize) -> Record {
        let payload = Some(vec![0; bytes].into());
        let (key, headers) = (Bytes::new(), Vec::new());
        Record { topic: &topics::EVENTS, partition: 0, offset: 0, appended_at: Micros(0), key, payload, headers }
    }

    #[test]
    fn keys_of_events_and_of_the_catalogue_name_a_collection() {
        assert_eq!(collection_of(b"42"), Some(42));
        assert_eq!(collection_of(b"media/1/42/7"), Some(42));
        assert_eq!(collection_of(b"gallery/1/42/7"), Some(42));
        assert_eq!(collection_of(b"collection/1/42"), Some(42));
        for of_none in [&b"+42"[..], b"042", b"", b"client/1/c", b"collection/1/x", b"\xff"] {
            assert_eq!(collection_of(of_none), None, "{of_none:?}");
        }
    }

    #[test]
    fn without_room_the_last_collections_are_left_for_later() {
        let of = |account_id, collection_id| Collection { account_id, collection_id };
        let mut kept = Kept::of(&[of(1, 5), of(1, 6), of(2, 5), of(2, 7)], 10_000);
        for (id, bytes) in [(7, 4_000), (5, 4_000), (6, 1_000)] {
            kept.take(id, record(bytes));
        }
        assert_eq!(kept.wanted, [5, 6, 5, 7]);
        kept.take(5, record(1_000));
        assert_eq!((&kept.wanted[..], kept.records.contains_key(&7)), (&[5, 6, 5][..], false));
        kept.take(7, record(9_000));
        // The other account's collection of this id goes, and the records stay for the first.
        kept.take(6, record(9_000));
        assert_eq!((&kept.wanted[..], kept.records[&5].len()), (&[5][..], 2));
        kept.take(5, record(90_000));
        assert_eq!((&kept.wanted[..], kept.records[&5].len()), (&[5][..], 3));
    }
}
