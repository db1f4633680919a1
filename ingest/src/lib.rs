//! Takes gallery events over HTTP, validates them and publishes them to Kafka.
//!
//! An edge written in Rust needs no HTTP: the [`publisher`] is the same library the HTTP service uses, with the same
//! guarantees. The service itself is [`run`].

mod canary;
pub mod config;
pub mod http;
pub mod metrics;
pub mod publisher;
mod service;

pub use config::Config;
pub use service::run;
