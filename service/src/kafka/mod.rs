//! How services reach Kafka: librdkafka's properties, and what every client of it does alike.
//!
//! ```text
//! properties  what a configuration says, values from files included
//! context     what librdkafka asks and tells: tokens, its log, what is wrong with the connection
//! ```

mod context;
mod properties;

pub use context::{Context, give_token};
pub use properties::{Properties, PropertyError};
