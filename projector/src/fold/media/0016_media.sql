-- The catalogue's latest word on a photo or video.
CREATE TABLE IF NOT EXISTS media
(
    account_id        UInt64,
    collection_id     UInt64,
    media_id          UInt64,
    gallery_id        UInt64,
    media_kind        LowCardinality(String),
    filename          String,
    format            LowCardinality(String),
    width             Nullable(UInt32),
    height            Nullable(UInt32),
    bytes             Nullable(UInt64),
    duration_seconds  Nullable(Float64),
    codec             LowCardinality(Nullable(String)),
    tags              Array(String),
    occurred_at       DateTime64(6, 'UTC'),
    version           UInt256,
    is_deleted        UInt8
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (account_id, collection_id, media_id)
SETTINGS index_granularity = 2048
