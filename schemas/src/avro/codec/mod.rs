//! Framed Avro records: an [`Event`](crate::Event) to bytes and back.
//!
//! Two framings exist and their first byte tells them apart, so a [`Decoder`] reads both: Confluent's wire format
//! (`00`, a registry's id of the writer's schema as four big-endian bytes, the record) and Avro's single-object
//! encoding (`C3 01`, the CRC-64-AVRO fingerprint of the writer's schema as eight little-endian bytes, the record).
//!
//! A record is read by the schema it was written with. Every version in `schemas/avro` is known; others, such as a
//! newer version of a foreign producer, are made known with [`Decoder::register`] or [`Decoder::register_id`].

mod decoder;
mod encoder;
mod framing;

pub use decoder::{DecodeError, Decoder, RegisterError, SCHEMAS_MAX, SchemaRef};
pub use encoder::{EncodeError, Encoder};
pub use framing::{Framing, SchemaIds, UnknownVersion};
