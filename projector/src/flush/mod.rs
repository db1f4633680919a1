//! One step of the projector: what was read since the last one becomes rows, then ledger ranges, then offsets.
//!
//! Two state machines without I/O: [`Reading`] says what it wants of the log and the store until a flush is folded,
//! [`Writing`] what is to be done until it is durable. Whoever drives them does the I/O: the service with Kafka and
//! ClickHouse, the simulator with ones that misbehave by a seed.

mod breaker;
mod decoding;
mod folder;
mod reading;
mod refold;
mod resident;
mod shard;
mod writing;

pub use breaker::{Breaker, Lift, RECORDS_MIN, Stop};
pub use decoding::{DecodedBatch, Decoding};
pub use folder::{Folder, ROWS_MAX, Size};
pub use reading::{Reading, StoredEvent, UnusableSlices, Want, Written};
pub(crate) use refold::Meant;
pub use refold::{Refold, UnreadableState};
pub use writing::{Step, Writing};

use loupe_schemas::Text;
use loupe_schemas::topics::Topic;

use crate::fold::rows::Rows;
use crate::log::{Record, Rejected};
use crate::store::{LedgerRow, QuarantineRow};

/// Everything one step writes; writing it again changes nothing. Its rows are what a [`Sink`](crate::fold::rows::Sink)
/// made of them.
#[derive(Debug, Default)]
pub struct Flush<R = Rows> {
    /// Counts the steps of this process.
    pub number: u64,
    /// The assignment its records were read under.
    pub epoch: u64,
    /// Rows of the read models.
    pub rows: R,
    /// Records that are no event.
    pub rejected: Vec<(Record, Rejected)>,
    /// The same as rows.
    pub quarantine: Vec<QuarantineRow>,
    /// Records to send on, each with its key.
    pub misrouted: Vec<(Record, Text)>,
    /// The offsets this step accounts for.
    pub ledger: Vec<LedgerRow>,
    /// The next offset of each partition, to commit.
    pub next: Vec<(&'static Topic, i32, i64)>,
}

impl<R> Flush<R> {
    /// The first offset this step accounts for of each partition.
    #[must_use]
    pub fn first(&self) -> Vec<(&'static Topic, i32, i64)> {
        let first = self.ledger.iter().filter_map(|row| {
            loupe_schemas::topics::by_name(&row.topic).map(|topic| (topic, row.partition, row.first_offset))
        });
        first.collect()
    }
}
