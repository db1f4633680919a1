//! Framed records to events.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use apache_avro::schema_compatibility::SchemaCompatibility;
use serde_avro_fast::de::read::SliceRead;
use serde_avro_fast::de::{DeserializerConfig, DeserializerState};

use super::framing::{CONFLUENT, FINGERPRINT_BYTES, ID_BYTES, SINGLE_OBJECT, SchemaIds};
use crate::avro::record::{self, Read, Record};
use crate::avro::schema::{self, NAMESPACE};
use crate::event::{Event, EventType};
use crate::rules::Violation;

/// How many foreign schemas a decoder learns at most.
pub const SCHEMAS_MAX: usize = 4_096;
/// How many entries an array of a record may have: no record that a topic takes has more.
const ENTRIES_MAX: usize = 1 << 20;
/// How deep a record may nest; ours nest three deep.
const DEPTH_MAX: usize = 32;

/// Reads framed records of both framings; clones share what they learnt, across threads.
#[derive(Clone, Default)]
pub struct Decoder {
    learnt: Arc<RwLock<Learnt>>,
}

/// The schemas a decoder was told of, beyond the landed ones.
#[derive(Default)]
struct Learnt {
    by_id: HashMap<u32, Writer>,
    by_fingerprint: HashMap<u64, Writer>,
}

/// A schema records were written with, and the event type they are.
#[derive(Clone)]
struct Writer {
    event_type: EventType,
    schema: WriterSchema,
}

#[derive(Clone)]
enum WriterSchema {
    Landed(&'static schema::Landed),
    Foreign(Arc<serde_avro_fast::Schema>),
}

/// How a record names the schema it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SchemaRef {
    /// The CRC-64-AVRO fingerprint, in single-object encoding.
    Fingerprint(u64),
    /// A schema registry's id, in Confluent's wire format.
    Id(u32),
}

impl SchemaRef {
    /// How these bytes name their schema; `None` when no framing does.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [CONFLUENT, rest @ ..] => rest.first_chunk::<ID_BYTES>().map(|id| Self::Id(u32::from_be_bytes(*id))),
            [first, second, rest @ ..] if [*first, *second] == SINGLE_OBJECT => {
                let fingerprint = rest.first_chunk::<FINGERPRINT_BYTES>()?;
                Some(Self::Fingerprint(u64::from_le_bytes(*fingerprint)))
            }
            _ => None,
        }
    }
}

/// Why bytes are no event.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end within the header.
    #[error("{0} bytes are too few for a header")]
    Truncated(usize),
    /// The first bytes are those of no framing.
    #[error("no framing starts with the byte {0:#04x}")]
    UnknownFraming(u8),
    /// The writer's schema is not known; [`Decoder::register_id`] and [`Decoder::register`] change that.
    #[error("the writer's schema is not known: {0}")]
    UnknownSchema(SchemaRef),
    /// The bytes are not what the writer's schema says, or end too early.
    #[error("the record is not what its schema says: {0}")]
    Malformed(String),
    /// The record ends before the bytes do.
    #[error("{0} bytes follow the record")]
    Trailing(usize),
    /// The record is whole and its values are not.
    #[error(transparent)]
    Invalid(#[from] Violation),
}

/// Why a schema cannot be learnt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// The text is no Avro schema.
    #[error("not an Avro schema: {0}")]
    Schema(String),
    /// The schema is of no event type.
    #[error("`{0}` is no record of {NAMESPACE} that an event type has")]
    NotAnEvent(String),
    /// Our schema cannot read what this one writes.
    #[error("records of this schema cannot be read as {event_type:?}: {reason}")]
    Incompatible {
        /// The event type the schema is named after.
        event_type: EventType,
        /// What does not fit.
        reason: String,
    },
    /// The id already stands for a different schema, and ids are for good.
    #[error("id {0} already stands for another schema")]
    IdTaken(u32),
    /// [`SCHEMAS_MAX`] schemas are known already.
    #[error("{SCHEMAS_MAX} foreign schemas are known already")]
    TooMany,
}

impl Decoder {
    /// A decoder that knows the landed schemas by their fingerprints.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A decoder that also knows the landed schemas by a registry's ids.
    #[must_use]
    pub fn with_ids(ids: &SchemaIds) -> Self {
        let known = ids.iter().filter_map(|(id, event_type, version)| {
            let landed = schema::version(event_type, version)?;
            Some((id, Writer { event_type, schema: WriterSchema::Landed(landed) }))
        });
        let learnt = Learnt { by_id: known.collect(), by_fingerprint: HashMap::new() };
        Self { learnt: Arc::new(RwLock::new(learnt)) }
    }

    /// Learns a schema by its fingerprint, which is returned, for single-object encoding.
    ///
    /// # Errors
    /// [`RegisterError`] when the schema is not that of an event type or ours cannot read it.
    pub fn register(&self, schema_json: &str) -> Result<u64, RegisterError> {
        let (fingerprint, writer) = writer(schema_json)?;
        let mut learnt = self.learnt.write().unwrap_or_else(PoisonError::into_inner);
        if !learnt.by_fingerprint.contains_key(&fingerprint) && learnt.by_fingerprint.len() >= SCHEMAS_MAX {
            return Err(RegisterError::TooMany);
        }
        learnt.by_fingerprint.entry(fingerprint).or_insert(writer);
        Ok(fingerprint)
    }

    /// Learns a schema by a registry's id, for Confluent's wire format.
    ///
    /// # Errors
    /// [`RegisterError`] when the schema is not that of an event type, ours cannot read it, or the id is taken.
    pub fn register_id(&self, id: u32, schema_json: &str) -> Result<(), RegisterError> {
        let (fingerprint, writer) = writer(schema_json)?;
        let mut learnt = self.learnt.write().unwrap_or_else(PoisonError::into_inner);
        let full = learnt.by_id.len() >= SCHEMAS_MAX;
        match learnt.by_id.entry(id) {
            Entry::Occupied(known) if known.get().fingerprint() == fingerprint => Ok(()),
            Entry::Occupied(_) => Err(RegisterError::IdTaken(id)),
            Entry::Vacant(_) if full => Err(RegisterError::TooMany),
            Entry::Vacant(free) => {
                free.insert(writer);
                Ok(())
            }
        }
    }

    /// Reads one framed record. The caller goes on with [`rules::check`](crate::rules::check) and the record's
    /// append time.
    ///
    /// # Errors
    /// [`DecodeError`], whose [`reason`](DecodeError::reason) a metric or a quarantined record carries.
    pub fn decode(&self, bytes: &[u8]) -> Result<Box<Event>, DecodeError> {
        match bytes {
            [] => Err(DecodeError::Truncated(0)),
            &[CONFLUENT, ref rest @ ..] => {
                let (id, datum) = rest.split_first_chunk::<ID_BYTES>().ok_or(DecodeError::Truncated(bytes.len()))?;
                let id = u32::from_be_bytes(*id);
                let known = self.learnt.read().unwrap_or_else(PoisonError::into_inner).by_id.get(&id).cloned();
                known.ok_or(DecodeError::UnknownSchema(SchemaRef::Id(id)))?.decode(datum)
            }
            [first, second, rest @ ..] if [*first, *second] == SINGLE_OBJECT => {
                let (fingerprint, datum) =
                    rest.split_first_chunk::<FINGERPRINT_BYTES>().ok_or(DecodeError::Truncated(bytes.len()))?;
                self.decode_single_object(u64::from_le_bytes(*fingerprint), datum)
            }
            [first] if *first == SINGLE_OBJECT[0] => Err(DecodeError::Truncated(1)),
            [first, ..] => Err(DecodeError::UnknownFraming(*first)),
        }
    }

    fn decode_single_object(&self, fingerprint: u64, datum: &[u8]) -> Result<Box<Event>, DecodeError> {
        if let Some(landed) = schema::by_fingerprint(fingerprint) {
            return decode_datum(landed.event_type, &landed.compiled, datum);
        }
        let learnt = self.learnt.read().unwrap_or_else(PoisonError::into_inner);
        let known = learnt.by_fingerprint.get(&fingerprint).cloned();
        drop(learnt);
        known.ok_or(DecodeError::UnknownSchema(SchemaRef::Fingerprint(fingerprint)))?.decode(datum)
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let learnt = self.learnt.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Decoder")
            .field("ids", &learnt.by_id.len())
            .field("fingerprints", &learnt.by_fingerprint.len())
            .finish()
    }
}

impl Writer {
    fn compiled(&self) -> &serde_avro_fast::Schema {
        match &self.schema {
            WriterSchema::Landed(landed) => &landed.compiled,
            WriterSchema::Foreign(compiled) => compiled,
        }
    }

    fn fingerprint(&self) -> u64 {
        u64::from_le_bytes(*self.compiled().rabin_fingerprint())
    }

    fn decode(&self, datum: &[u8]) -> Result<Box<Event>, DecodeError> {
        decode_datum(self.event_type, self.compiled(), datum)
    }
}

/// A foreign schema, once it is shown that ours reads it.
fn writer(schema_json: &str) -> Result<(u64, Writer), RegisterError> {
    let parse = |json: &str| apache_avro::Schema::parse_str(json);
    let foreign = parse(schema_json).map_err(|error| RegisterError::Schema(error.to_string()))?;
    let name = foreign.name().map(|name| (name.namespace().map(str::to_owned), name.name().to_owned()));
    let named = match &name {
        Some((Some(namespace), name)) if namespace == NAMESPACE => EventType::parse(name),
        _ => None,
    };
    let latest = named.and_then(|event_type| schema::latest(event_type).map(|landed| (event_type, landed)));
    let Some((event_type, landed)) = latest else {
        let (namespace, name) = name.unwrap_or_default();
        let full = namespace.map(|namespace| format!("{namespace}.{name}")).unwrap_or(name);
        return Err(RegisterError::NotAnEvent(full));
    };
    let incompatible = |reason: String| RegisterError::Incompatible { event_type, reason };
    let reader = parse(landed.json).map_err(|error| incompatible(error.to_string()))?;
    SchemaCompatibility::can_read(&foreign, &reader).map_err(|error| incompatible(error.to_string()))?;
    let compiled: serde_avro_fast::Schema =
        schema_json.parse().map_err(|error| RegisterError::Schema(format!("{error}")))?;
    let fingerprint = u64::from_le_bytes(*compiled.rabin_fingerprint());
    Ok((fingerprint, Writer { event_type, schema: WriterSchema::Foreign(Arc::new(compiled)) }))
}

fn decode_datum(
    event_type: EventType,
    schema: &serde_avro_fast::Schema,
    datum: &[u8],
) -> Result<Box<Event>, DecodeError> {
    let no_record = || DecodeError::Malformed(format!("{event_type:?} has no record (rule 94)"));
    record::read(event_type, Datum { schema, datum }).unwrap_or_else(|| Err(no_record()))
}

/// The bytes after the header.
struct Datum<'s, 'a> {
    schema: &'s serde_avro_fast::Schema,
    datum: &'a [u8],
}

impl<'a> Read<'a> for Datum<'_, 'a> {
    type Error = DecodeError;

    fn read<R: Record<'a>>(self) -> Result<R, DecodeError> {
        let mut config = DeserializerConfig::new(self.schema);
        config.max_seq_size = ENTRIES_MAX;
        config.allowed_depth = DEPTH_MAX;
        let mut state = DeserializerState::with_config(SliceRead::new(self.datum), config);
        let record = R::deserialize(state.deserializer()).map_err(|error| DecodeError::Malformed(error.to_string()))?;
        let mut rest = state.into_reader();
        let left = std::io::BufRead::fill_buf(&mut rest).map_or(0, <[u8]>::len);
        if left > 0 { Err(DecodeError::Trailing(left)) } else { Ok(record) }
    }
}

impl DecodeError {
    /// A short, stable name for metrics and quarantined records.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Truncated(_) => "truncated",
            Self::UnknownFraming(_) => "unknown_framing",
            Self::UnknownSchema(_) => "unknown_schema",
            Self::Malformed(_) => "malformed",
            Self::Trailing(_) => "trailing_bytes",
            Self::Invalid(violation) => violation.code.as_str(),
        }
    }
}

impl fmt::Display for SchemaRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fingerprint(fingerprint) => write!(f, "fingerprint {fingerprint:016x}"),
            Self::Id(id) => write!(f, "id {id}"),
        }
    }
}
