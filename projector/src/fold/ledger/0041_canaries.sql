-- When the last canary of each partition was published that is projected: readers see everything from before it.
CREATE TABLE IF NOT EXISTS canaries
(
    topic         LowCardinality(String),
    partition     Int32,
    published_at  SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (topic, partition)
