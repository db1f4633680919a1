//! The log: records from Kafka, what they say, and where those go that say nothing.

mod consumer;
mod decode;
mod epochs;
mod group;
mod producer;
mod purge;
mod scan;

/// Properties that a configuration may not set: what is committed is durable, what is read is all there is, and a slice is
/// folded by one projector, because of them.
pub const RESERVED_PROPERTIES: [&str; 14] = [
    "acks",
    "request.required.acks",
    "auto.offset.reset",
    "bootstrap.servers",
    "metadata.broker.list",
    "enable.auto.commit",
    "auto.commit.enable",
    "enable.auto.offset.store",
    "enable.idempotence",
    "group.id",
    "group.protocol",
    "message.max.bytes",
    "partition.assignment.strategy",
    "partitioner",
];

pub use consumer::{Assignment, Batch, Consumer, Partition, Record, Watermark};
pub use decode::{Decoded, DecodedRecord, Decoder, Rejected};
pub use group::forget_group;
pub use producer::Producer;
pub use purge::forget_quarantined;
pub use scan::{Bounds, Scanned, bounds, end_offset, scan};
