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

pub use event::{Event, Fact};
pub use time::Micros;
