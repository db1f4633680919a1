-- A medium in one rendition on one day. Views, plays and favourites have no rendition and stand under ''.
CREATE TABLE IF NOT EXISTS media_daily
(
    account_id         UInt64,
    collection_id      UInt64,
    day                Date,
    media_id           UInt64,
    rendition          LowCardinality(String),
    attempts           UInt64,
    downloads          UInt64,
    unique_downloads   UInt64,
    delivered_bytes    UInt64,
    views              UInt64,
    plays              UInt64,
    favorites_added    UInt64,
    favorites_removed  UInt64,
    version            UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(day)
ORDER BY (account_id, collection_id, day, media_id, rendition)
SETTINGS index_granularity = 2048
