-- An event: its key, and its payload as it travelled on Kafka. A slice is rebuilt from these rows alone.
-- `version` grows only when a client's erasure rewrites the payload.
CREATE TABLE IF NOT EXISTS events
(
    account_id       UInt64,
    collection_id    UInt64,
    slice_day        Date,
    event_id         UUID,
    type             LowCardinality(String),
    occurred_at      DateTime64(6, 'UTC'),
    -- Body bytes of a segment without a download: filtered_bytes of its occurred_at (rules 28 and 67).
    unattached_bytes UInt64,
    payload          String CODEC(ZSTD(1)),
    version          UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(slice_day)
ORDER BY (account_id, collection_id, slice_day, event_id)
SETTINGS index_granularity = 2048
