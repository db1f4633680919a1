-- Which sequence numbers of an edge's run arrived: bit n of `arrived` stands for seq = 64 * chunk + n.
CREATE TABLE IF NOT EXISTS edge_sequences
(
    node     LowCardinality(String),
    boot_id  UUID,
    chunk    UInt64,
    arrived  SimpleAggregateFunction(groupBitOr, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (node, boot_id, chunk)
