//! The log: records from Kafka, what they say, and where those go that say nothing.

mod consumer;
mod decode;
mod producer;
mod purge;
mod scan;

pub use consumer::{Assignment, Batch, Consumer, Partition, Record, Watermark};
pub use decode::{Decoded, DecodedRecord, Decoder, Rejected};
pub use producer::Producer;
pub use purge::forget_quarantined;
pub use scan::{Bounds, Scanned, bounds, end_offset, forget_group, scan};
