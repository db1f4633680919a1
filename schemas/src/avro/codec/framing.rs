//! What precedes a record, and a registry's ids for our schemas.

use std::collections::HashMap;

use crate::avro::schema;
use crate::event::EventType;

/// The first byte of Confluent's wire format.
pub(super) const CONFLUENT: u8 = 0x00;
/// The first two bytes of Avro's single-object encoding.
pub(super) const SINGLE_OBJECT: [u8; 2] = [0xC3, 0x01];
/// The bytes of a schema id.
pub(super) const ID_BYTES: usize = 4;
/// The bytes of a fingerprint.
pub(super) const FINGERPRINT_BYTES: usize = 8;

/// How a writer names the schema of its records.
#[derive(Debug, Clone)]
pub enum Framing {
    /// By fingerprint; needs no registry.
    SingleObject,
    /// By a schema registry's ids.
    Confluent(SchemaIds),
}

/// What ids a schema registry gave our schemas.
#[derive(Debug, Clone, Default)]
pub struct SchemaIds {
    by_id: HashMap<u32, (EventType, u16)>,
    by_schema: HashMap<(EventType, u16), u32>,
}

/// A version of an event type's schema that never landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event_type:?} has no schema of version {version}")]
pub struct UnknownVersion {
    /// The event type.
    pub event_type: EventType,
    /// The version it does not have.
    pub version: u16,
}

impl SchemaIds {
    /// Notes the id of a landed version of an event type's schema.
    ///
    /// # Errors
    /// [`UnknownVersion`] when no such version landed; deletions have none at all (rule 94).
    pub fn insert(&mut self, id: u32, event_type: EventType, version: u16) -> Result<(), UnknownVersion> {
        if schema::version(event_type, version).is_none() {
            return Err(UnknownVersion { event_type, version });
        }
        self.by_id.insert(id, (event_type, version));
        self.by_schema.insert((event_type, version), id);
        Ok(())
    }

    /// The event type and version an id stands for.
    #[must_use]
    pub fn schema(&self, id: u32) -> Option<(EventType, u16)> {
        self.by_id.get(&id).copied()
    }

    /// The id of a version of an event type's schema.
    #[must_use]
    pub fn id(&self, event_type: EventType, version: u16) -> Option<u32> {
        self.by_schema.get(&(event_type, version)).copied()
    }

    /// Every id with what it stands for, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, EventType, u16)> {
        self.by_id.iter().map(|(&id, &(event_type, version))| (id, event_type, version))
    }
}
