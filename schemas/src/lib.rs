//! What an event is: ids, the [`Event`] type, its JSON and Avro forms, the topics it travels on; and what is counted
//! of it, as the [`definition`] says.
//!
//! Data flows one way: bytes (JSON or Avro) become an [`Event`] through one set of [`rules`], and every other
//! member of the workspace works with the [`Event`] alone. This crate does no I/O and reads no clock.

pub mod avro;
pub mod canary;
pub mod definition;
pub mod event;
pub mod examples;
pub mod ids;
pub mod json;
pub mod partition;
pub mod position;
pub mod rules;
mod symbol;
pub mod time;
pub mod topics;

/// Text of an event that is short most of the time: up to 24 bytes lie in the value itself, so that an event is read with few
/// allocations.
pub use compact_str::CompactString as Text;
pub use event::{Event, Fact};
pub use time::Micros;
