//! The landed schemas: every version of every event type's record, as the files in `schemas/avro` say.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::event::EventType;

/// The namespace of every record; its last part is not a version of a schema but of the whole vocabulary.
pub const NAMESPACE: &str = "loupe.v1";

/// One version of the schema of one event type.
pub struct Landed {
    /// The event type whose record it describes.
    pub event_type: EventType,
    /// Counts up from 1 for each event type.
    pub version: u16,
    /// The schema as its file has it.
    pub json: &'static str,
    /// CRC-64-AVRO of its parsing canonical form.
    pub fingerprint: u64,
    /// The same schema, ready to read and write by.
    pub(super) compiled: serde_avro_fast::Schema,
}

/// Names every landed file; a new version is one more line here and in `avro/landed.txt`.
macro_rules! landed {
    ($($name:ident: $($version:literal),+;)+) => {
        /// Event type, version and text of each file.
        const FILES: &[(EventType, u16, &str)] = &[
            $($((
                EventType::$name,
                $version,
                include_str!(concat!("../../avro/", stringify!($name), ".v", $version, ".avsc")),
            )),+),+
        ];
    };
}

landed! {
    DownloadRequested: 1;
    DownloadPrepared: 1;
    DownloadPrepareFailed: 1;
    TransferSegment: 1;
    FavoriteListCreated: 1;
    FavoriteListUpdated: 1;
    FavoriteListSubmitted: 1;
    FavoriteListReopened: 1;
    FavoriteAdded: 1;
    FavoriteRemoved: 1;
    FavoriteNoted: 1;
    PhotoStarred: 1;
    PhotoUnstarred: 1;
    LinkCreated: 1;
    LinkUpdated: 1;
    LinkRevoked: 1;
    LinkOpened: 1;
    LinkDenied: 1;
    VisitStarted: 1;
    PhotoViewed: 1;
    VideoPlayed: 1;
    CollectionUpserted: 1;
    GalleryUpserted: 1;
    MediaUpserted: 1;
    ClientUpserted: 1;
    ClientErased: 1;
}

/// The landed schemas with the two ways they are looked up.
struct Library {
    all: Vec<Landed>,
    by_fingerprint: HashMap<u64, usize>,
    latest: HashMap<EventType, usize>,
}

static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let all: Vec<_> = FILES.iter().map(|&(event_type, version, json)| compile(event_type, version, json)).collect();
    let by_fingerprint = all
        .iter()
        .enumerate()
        .flat_map(|(index, landed)| [(landed.fingerprint, index), (unreduced_fingerprint(landed.json), index)]);
    let by_fingerprint = by_fingerprint.collect();
    let mut latest = HashMap::new();
    for (index, landed) in all.iter().enumerate() {
        let best = latest.entry(landed.event_type).or_insert(index);
        if all[*best].version < landed.version {
            *best = index;
        }
    }
    Library { all, by_fingerprint, latest }
});

fn compile(event_type: EventType, version: u16, json: &'static str) -> Landed {
    let compiled: serde_avro_fast::Schema = match json.parse() {
        Ok(compiled) => compiled,
        // The text is part of the program, and a test reads every one: this cannot happen to a user.
        Err(error) => panic!("{}.v{version}.avsc: {error}", event_type.as_str()),
    };
    let fingerprint = u64::from_le_bytes(*compiled.rabin_fingerprint());
    Landed { event_type, version, json, fingerprint, compiled }
}

/// The fingerprint that the Rust implementation of Avro gives to the schema, which clients may frame records with.
///
/// Its canonical form keeps `{"type":"string"}` where the specification has `"string"`.
fn unreduced_fingerprint(json: &str) -> u64 {
    let schema = match apache_avro::Schema::parse_str(json) {
        Ok(schema) => schema,
        // The text was compiled just before: this cannot happen to a user.
        Err(error) => panic!("{error}"),
    };
    let fingerprint = schema.fingerprint::<apache_avro::rabin::Rabin>();
    fingerprint.bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Every landed version of every event type.
#[must_use]
pub fn landed() -> &'static [Landed] {
    &LIBRARY.all
}

/// The version records of this event type are written with, or `None` for a deletion, which has no record (rule 94).
#[must_use]
pub fn latest(event_type: EventType) -> Option<&'static Landed> {
    LIBRARY.latest.get(&event_type).map(|&index| &LIBRARY.all[index])
}

/// The landed schema with this CRC-64-AVRO fingerprint.
#[must_use]
pub fn by_fingerprint(fingerprint: u64) -> Option<&'static Landed> {
    LIBRARY.by_fingerprint.get(&fingerprint).map(|&index| &LIBRARY.all[index])
}

/// A certain version of an event type's schema.
#[must_use]
pub fn version(event_type: EventType, version: u16) -> Option<&'static Landed> {
    LIBRARY.all.iter().find(|landed| landed.event_type == event_type && landed.version == version)
}
