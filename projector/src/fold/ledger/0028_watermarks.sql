-- What the owner of a partition last saw of it: where it ends, how far it is written, how long the next record waits.
CREATE TABLE IF NOT EXISTS watermarks
(
    topic               LowCardinality(String),
    partition           Int32,
    -- The earliest offset Kafka still has.
    first_offset        Int64,
    -- The offset after the last record.
    end_offset          Int64,
    -- The offset after the last one whose rows are written.
    next_offset         Int64,
    -- When Kafka took the first record that is not written yet; 1970 when there is none, or it is not read yet.
    waiting_since       DateTime64(6, 'UTC'),
    -- How many records a second were written lately.
    records_per_second  Float64,
    observed_at         DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(observed_at)
ORDER BY (topic, partition)
