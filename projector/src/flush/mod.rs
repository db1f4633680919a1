//! One step of the projector: what was read since the last one becomes rows, then ledger ranges, then offsets.

mod folder;
mod resident;
mod writer;

pub use folder::{Folder, Halted};
pub use writer::Writer;

use loupe_schemas::topics::Topic;

use crate::fold::rows::Rows;
use crate::log::{Record, Rejected};
use crate::store::{LedgerRow, QuarantineRow};

/// Everything one step writes; writing it again changes nothing.
#[derive(Debug, Default)]
pub struct Flush {
    /// Counts the steps of this process.
    pub number: u64,
    /// Rows of the read models.
    pub rows: Rows,
    /// Records that are no event.
    pub rejected: Vec<(Record, Rejected)>,
    /// The same as rows.
    pub quarantine: Vec<QuarantineRow>,
    /// Records to send on, each with its key.
    pub misrouted: Vec<(Record, String)>,
    /// The offsets this step accounts for.
    pub ledger: Vec<LedgerRow>,
    /// The next offset of each partition, to commit.
    pub next: Vec<(&'static Topic, i32, i64)>,
}
