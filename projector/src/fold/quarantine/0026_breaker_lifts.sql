-- A person's word that a partition's records may pass into quarantine, below an offset.
CREATE TABLE IF NOT EXISTS breaker_lifts
(
    topic      LowCardinality(String),
    partition  Int32,
    up_to      SimpleAggregateFunction(max, Int64),
    lifted_at  SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (topic, partition)
