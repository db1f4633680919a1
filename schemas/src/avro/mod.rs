//! Avro: one record schema per event type, and the two framings.
//!
//! The schemas are the files in `schemas/avro`; every version that ever landed is compiled in, so that a record is
//! read by the schema it was written with. [`codec`] turns an [`Event`](crate::Event) into a framed record and back.

pub mod codec;
mod record;
pub mod schema;
