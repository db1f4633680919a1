-- How far each partition is projected: the largest next offset, kept up by a view over the ledger.
CREATE TABLE IF NOT EXISTS positions
(
    topic        LowCardinality(String),
    partition    Int32,
    next_offset  SimpleAggregateFunction(max, Int64)
)
ENGINE = AggregatingMergeTree
ORDER BY (topic, partition)
