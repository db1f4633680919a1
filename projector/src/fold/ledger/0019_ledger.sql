-- A range of offsets whose rows are written. The union of ranges must cover each partition without a gap.
CREATE TABLE IF NOT EXISTS ledger
(
    topic         LowCardinality(String),
    partition     Int32,
    first_offset  Int64,
    last_offset   Int64,
    folded        UInt64,
    duplicate     UInt64,
    quarantined   UInt64,
    -- Records sent on to the partition their collection belongs to, where they are folded.
    rerouted      UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, first_offset, last_offset)
