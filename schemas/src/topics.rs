//! The topics and their settings, in one place, and the key of every record.

use compact_str::ToCompactString;

use crate::Text;
use crate::event::{Event, Fact};
use crate::ids::{AccountId, ClientId, CollectionId, GalleryId, MediaId};

/// Facts of galleries, keyed by collection id in decimal, so that a collection's facts are in one partition.
pub const EVENTS: Topic = Topic {
    name: "gallery.events.v1",
    short: 'e',
    partitions: 12,
    // Event time lives in the payload: retention by event time would delete late events unread. 30 days, in segments of a
    // day: `events` keeps what is counted, and an erased person is in no record after that.
    settings: &[
        ("message.timestamp.type", "LogAppendTime"),
        ("cleanup.policy", "delete"),
        ("retention.ms", "2592000000"),
        ("segment.ms", "86400000"),
        ("max.message.bytes", "4194304"),
    ],
};

/// Catalogue entities, keyed by kind and id; the latest record of each is kept for good.
pub const CATALOG: Topic = Topic {
    name: "gallery.catalog.v1",
    short: 'c',
    partitions: 4,
    settings: &[
        ("message.timestamp.type", "LogAppendTime"),
        ("cleanup.policy", "compact"),
        // An erased client's entry is cleaned within a day, and the tombstone in its place goes after 14 more.
        ("segment.ms", "86400000"),
        ("max.compaction.lag.ms", "86400000"),
        ("delete.retention.ms", "1209600000"),
        ("max.message.bytes", "4194304"),
    ],
};

/// Records that could not become an event, byte for byte, with their reason and coordinates in headers.
pub const QUARANTINE: Topic = Topic {
    name: "gallery.quarantine.v1",
    short: 'q',
    partitions: 1,
    settings: &[
        ("message.timestamp.type", "LogAppendTime"),
        ("cleanup.policy", "delete"),
        ("retention.ms", "2592000000"),
        ("segment.ms", "86400000"),
        // The largest record of the others, and headers that say where it came from and why it is here.
        ("max.message.bytes", "5242880"),
    ],
};

/// Every topic Loupe uses.
pub const ALL: [&Topic; 3] = [&EVENTS, &CATALOG, &QUARANTINE];

/// A Kafka topic as Loupe creates it.
#[derive(Debug, PartialEq, Eq)]
pub struct Topic {
    /// The topic's name.
    pub name: &'static str,
    /// How a [`Position`](crate::position::Position) abbreviates it.
    pub short: char,
    /// Number of partitions when Loupe creates it; an existing topic keeps its own.
    pub partitions: i32,
    /// Topic settings by Kafka's names.
    pub settings: &'static [(&'static str, &'static str)],
}

impl Topic {
    /// How long a record stays, in microseconds, as Loupe creates the topic; none when the latest of a key stays for good.
    #[must_use]
    pub fn retention_us(&self) -> Option<i64> {
        self.time_us("retention.ms")
    }

    /// After how long a record is gone, in microseconds: a segment is deleted as a whole, once its last record may go.
    #[must_use]
    pub fn gone_us(&self) -> Option<i64> {
        Some(self.retention_us()?.saturating_add(self.time_us("segment.ms")?))
    }

    fn time_us(&self, setting: &str) -> Option<i64> {
        let (_, text) = self.settings.iter().find(|(name, _)| *name == setting)?;
        text.parse::<i64>().ok().map(|milliseconds| milliseconds.saturating_mul(1_000))
    }
}

/// The topic with this name, if it is one of ours.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Topic> {
    ALL.into_iter().find(|topic| topic.name == name)
}

/// The key of a catalogue record: an entity of one account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CatalogKey {
    /// A collection.
    Collection(AccountId, CollectionId),
    /// A gallery of a collection.
    Gallery(AccountId, CollectionId, GalleryId),
    /// A medium of a collection.
    Media(AccountId, CollectionId, MediaId),
    /// A client of the account.
    Client(AccountId, ClientId),
}

impl CatalogKey {
    /// Reads a key such as `media/1/90516387/731100245`.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        let (kind, rest) = key.split_once('/')?;
        let (account, rest) = rest.split_once('/')?;
        let account = AccountId(account.parse().ok()?);
        let number = |text: &str| text.parse::<u64>().ok();
        match kind {
            "collection" => Some(Self::Collection(account, CollectionId(number(rest)?))),
            "gallery" => {
                let (collection, gallery) = rest.split_once('/')?;
                Some(Self::Gallery(account, CollectionId(number(collection)?), GalleryId(number(gallery)?)))
            }
            "media" => {
                let (collection, media) = rest.split_once('/')?;
                Some(Self::Media(account, CollectionId(number(collection)?), MediaId(number(media)?)))
            }
            "client" => Some(Self::Client(account, ClientId::new(rest)?)),
            _ => None,
        }
    }
}

impl std::fmt::Display for CatalogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Collection(account, id) => write!(f, "collection/{account}/{id}"),
            Self::Gallery(account, collection, id) => {
                write!(f, "gallery/{account}/{collection}/{id}")
            }
            Self::Media(account, collection, id) => write!(f, "media/{account}/{collection}/{id}"),
            Self::Client(account, id) => write!(f, "client/{account}/{id}"),
        }
    }
}

/// Where an event travels: its topic and its record key.
///
/// `None` when the event lacks the collection its key needs, which the rules reject (rule 93).
#[must_use]
pub fn route(event: &Event) -> Option<(&'static Topic, Text)> {
    let account = event.head.account_id;
    let collection = event.head.collection_id;
    let key = match &event.fact {
        Fact::CollectionUpserted(_) | Fact::CollectionDeleted(()) => CatalogKey::Collection(account, collection?),
        Fact::GalleryUpserted(gallery) => CatalogKey::Gallery(account, collection?, gallery.gallery_id),
        Fact::GalleryDeleted(id) => CatalogKey::Gallery(account, collection?, *id),
        Fact::MediaUpserted(media) => CatalogKey::Media(account, collection?, media.media_id),
        Fact::MediaDeleted(id) => CatalogKey::Media(account, collection?, *id),
        Fact::ClientUpserted(client) => CatalogKey::Client(account, client.client_id.clone()),
        Fact::ClientErased(id) => CatalogKey::Client(account, id.clone()),
        _ => return Some((&EVENTS, collection?.0.to_compact_string())),
    };
    Some((&CATALOG, key.to_compact_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogue_keys_read_back_what_they_print() {
        let account = AccountId(1);
        let keys = [
            CatalogKey::Collection(account, CollectionId(2)),
            CatalogKey::Gallery(account, CollectionId(2), GalleryId(3)),
            CatalogKey::Media(account, CollectionId(2), MediaId(u64::MAX)),
            CatalogKey::Client(account, ClientId::new("cl_a/b").expect("a short id")),
        ];
        for key in keys {
            assert_eq!(CatalogKey::parse(&key.to_string()), Some(key));
        }
        assert_eq!(CatalogKey::parse("media/1/2"), None);
        assert_eq!(CatalogKey::parse("planet/1/2"), None);
    }
}
