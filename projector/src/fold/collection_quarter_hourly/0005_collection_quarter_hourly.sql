-- A collection in one quarter of an hour, which every time zone's hours are made of. Downloads stand at their
-- requested_at under their kind, with what becomes of them once idle; everything else stands under kind ''.
CREATE TABLE IF NOT EXISTS collection_quarter_hourly
(
    account_id         UInt64,
    collection_id      UInt64,
    quarter_hour       DateTime64(6, 'UTC'),
    kind               LowCardinality(String),
    attempts           UInt64,
    downloads          UInt64,
    failed             UInt64,
    partial            UInt64,
    abandoned          UInt64,
    transferred_bytes  UInt64,
    delivered_bytes    UInt64,
    filtered_bytes     UInt64,
    visits             UInt64,
    views              UInt64,
    plays              UInt64,
    opens              UInt64,
    favorites_added    UInt64,
    favorites_removed  UInt64,
    version            UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(quarter_hour)
ORDER BY (account_id, collection_id, quarter_hour, kind)
SETTINGS index_granularity = 2048
