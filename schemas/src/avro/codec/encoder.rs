//! Events to framed records.

use serde::Serialize;
use serde_avro_fast::ser::SerializerConfig;

use super::framing::{CONFLUENT, Framing, SINGLE_OBJECT};
use crate::avro::record::{self, Write};
use crate::avro::schema::{self, Landed};
use crate::event::{Event, EventType};
use crate::rules::Violation;

/// Writes events in one framing, each with the latest version of its type's schema.
#[derive(Debug, Clone)]
pub struct Encoder {
    framing: Framing,
}

/// Why an event has no record.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EncodeError {
    /// Deletions travel as tombstones (rule 94).
    #[error("{0:?} has no record: it travels as a tombstone (rule 94)")]
    NoRecord(EventType),
    /// The schema registry's ids do not cover the event type.
    #[error("the schema registry gave {0:?} no id")]
    NoSchemaId(EventType),
    /// The event breaks a rule that its record cannot express.
    #[error(transparent)]
    Invalid(#[from] Violation),
    /// The event lacks what its schema requires, which [`rules::check`](crate::rules::check) would have said.
    #[error("the event does not fit its schema: {0}")]
    Unfit(String),
}

impl Encoder {
    /// An encoder for this framing.
    #[must_use]
    pub const fn new(framing: Framing) -> Self {
        Self { framing }
    }

    /// Appends the framed record of `event` to `out`, which is as it was when this fails.
    ///
    /// # Errors
    /// [`EncodeError`]; none of them is possible for an event that [`rules::check`](crate::rules::check) accepts,
    /// unless it is a deletion or the ids of [`Framing::Confluent`] are incomplete.
    pub fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let event_type = event.fact.event_type();
        let landed = schema::latest(event_type).ok_or(EncodeError::NoRecord(event_type))?;
        let start = out.len();
        let written = self.write_header(landed, out).and_then(|()| {
            record::write(event, Datum { landed, out }).unwrap_or(Err(EncodeError::NoRecord(event_type)))
        });
        if written.is_err() {
            out.truncate(start);
        }
        written
    }

    fn write_header(&self, landed: &Landed, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match &self.framing {
            Framing::SingleObject => {
                out.extend_from_slice(&SINGLE_OBJECT);
                out.extend_from_slice(&landed.fingerprint.to_le_bytes());
            }
            Framing::Confluent(ids) => {
                let id = ids.id(landed.event_type, landed.version);
                out.push(CONFLUENT);
                out.extend_from_slice(&id.ok_or(EncodeError::NoSchemaId(landed.event_type))?.to_be_bytes());
            }
        }
        Ok(())
    }
}

/// The place after the header.
struct Datum<'a> {
    landed: &'a Landed,
    out: &'a mut Vec<u8>,
}

impl Write for Datum<'_> {
    type Error = EncodeError;

    fn write(self, record: &impl Serialize) -> Result<(), EncodeError> {
        let mut config = SerializerConfig::new(&self.landed.compiled);
        serde_avro_fast::to_datum(record, self.out, &mut config)
            .map(|_| ())
            .map_err(|error| EncodeError::Unfit(error.to_string()))
    }
}
