-- The catalogue's latest word on a collection: version is (occurred_at, event_id), so the latest event wins whole.
CREATE TABLE IF NOT EXISTS collections
(
    account_id     UInt64,
    collection_id  UInt64,
    name           String,
    published_at   Nullable(DateTime64(6, 'UTC')),
    occurred_at    DateTime64(6, 'UTC'),
    version        UInt256,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (account_id, collection_id)
SETTINGS index_granularity = 2048
