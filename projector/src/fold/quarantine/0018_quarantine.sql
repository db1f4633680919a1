-- A record that could not become an event, byte for byte, with why and where it came from.
CREATE TABLE IF NOT EXISTS quarantine
(
    topic        LowCardinality(String),
    partition    Int32,
    offset       Int64,
    reason       LowCardinality(String),
    field        String,
    message      String,
    key          String,
    payload      String CODEC(ZSTD(1)),
    appended_at  DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, offset)
