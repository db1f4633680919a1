-- One medium received, alone or inside an archive. `is_deleted` marks media an earlier request took the place of.
CREATE TABLE IF NOT EXISTS deliveries
(
    account_id        UInt64,
    collection_id     UInt64,
    day               Date,
    download_id       UUID,
    media_id          UInt64,
    requested_at      DateTime64(6, 'UTC'),
    media_kind        LowCardinality(String),
    source            LowCardinality(String),
    rendition         LowCardinality(String),
    -- The request's format; an archive member's follows from its rendition (rule 58).
    format            LowCardinality(String),
    destination       LowCardinality(String),
    pin_used          Bool,
    paid              Bool,
    link_id           String,
    identity          UInt128,
    client_id         String,
    identified_by     LowCardinality(String),
    filter_reason     LowCardinality(String),
    completed_at      Nullable(DateTime64(6, 'UTC')),
    active_status     LowCardinality(String),
    idle_status       LowCardinality(String),
    last_activity_at  DateTime64(6, 'UTC'),
    size_bytes        UInt64,
    delivered_bytes   UInt64,
    -- What percent is a part of (rules 42 and 51).
    span_bytes        UInt64,
    resumes           UInt32,
    version           UInt64,
    is_deleted        UInt8
)
ENGINE = ReplacingMergeTree(version, is_deleted)
PARTITION BY toYear(day)
ORDER BY (account_id, collection_id, day, download_id, media_id)
SETTINGS index_granularity = 2048
