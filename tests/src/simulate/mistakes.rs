//! Deliberate mistakes, each made by people before: the simulation must find every one.

/// A mistake a projector could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// Offsets are committed before the rows they stand for are written.
    CommitBeforeInsert,
    /// Counters are written as what was added since the last row, and summed by the table.
    DeltaRows,
    /// The version of a slice row is when it was written.
    VersionByWallClock,
    /// An evicted slice comes back without the ids it has seen.
    LostIdsOnEviction,
    /// An insert that fails is logged and left.
    SkippedInsert,
    /// Slices are read back from a replica that is behind.
    TrustedStaleReplica,
    /// `events` are written before the read models.
    EventsFirst,
}

impl Mistake {
    /// Every mistake.
    pub const ALL: [Self; 7] = [
        Self::CommitBeforeInsert,
        Self::DeltaRows,
        Self::VersionByWallClock,
        Self::LostIdsOnEviction,
        Self::SkippedInsert,
        Self::TrustedStaleReplica,
        Self::EventsFirst,
    ];
}
