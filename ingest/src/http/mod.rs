//! `POST /v1/events`: events over HTTP, answered once Kafka has acknowledged them.
//!
//! A request runs in this order, and the first thing wrong is the answer: key (401, 403), content type and encoding
//! (415), Kafka there at all (503), room for the body (503), its size (413), its arrival (408), its syntax (400), its
//! number of events (413). From then on each event has its own verdict.
//!
//! When publishing any event of a request fails for now, the request is answered 503. Some of its events may have been
//! written by then; sending the whole request again is safe, because an event id counts once (rule 10).

mod admission;
mod answer;
mod body;
mod content;
mod decode;
mod handler;
mod in_flight;
mod ip_hash;
mod sink;
mod split;

pub use handler::{App, router};
pub use in_flight::InFlight;
pub use ip_hash::IpHasher;
pub use sink::Sink;

use std::time::Duration;

/// The readiness condition that holds while Kafka answers and has our topics.
pub const KAFKA_CONDITION: &str = "kafka";

/// What bounds a request, and all requests together.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest body as it is sent, in bytes.
    pub encoded_bytes_max: usize,
    /// The largest body after its encoding is undone, in bytes.
    pub decoded_bytes_max: usize,
    /// The most events of one request.
    pub events_per_request_max: usize,
    /// The most bytes of bodies held at a time.
    pub in_flight_bytes_max: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
}
