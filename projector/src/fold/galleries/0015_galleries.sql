-- The catalogue's latest word on a gallery.
CREATE TABLE IF NOT EXISTS galleries
(
    account_id     UInt64,
    collection_id  UInt64,
    gallery_id     UInt64,
    name           String,
    occurred_at    DateTime64(6, 'UTC'),
    version        UInt256,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (account_id, collection_id, gallery_id)
SETTINGS index_granularity = 2048
