-- A download action: one download_id. A row without a request (rule 31) has only bytes.
CREATE TABLE IF NOT EXISTS downloads
(
    account_id           UInt64,
    collection_id        UInt64,
    day                  Date,
    download_id          UUID,
    requested_at         DateTime64(6, 'UTC'),
    has_request          Bool,
    kind                 LowCardinality(String),
    rendition            LowCardinality(String),
    format               LowCardinality(String),
    destination          LowCardinality(String),
    pin_used             Bool,
    paid                 Bool,
    link_id              String,
    identity             UInt128,
    -- Hash of the set of media_ids: half of an action's unique key (rule 54).
    media_set            UInt128,
    client_id            String,
    identified_by        LowCardinality(String),
    country              LowCardinality(String),
    edge_pop             LowCardinality(String),
    -- Empty when the action counts (rule 18).
    filter_reason        LowCardinality(String),
    photos               UInt32,
    videos               UInt32,
    media_ids            Array(UInt64),
    completed_at         Nullable(DateTime64(6, 'UTC')),
    -- The status while last_activity_at is younger than 30 minutes, and after (rules 6, 45 and 48).
    active_status        LowCardinality(String),
    idle_status          LowCardinality(String),
    last_activity_at     DateTime64(6, 'UTC'),
    failure_code         String,
    failure_http_status  Nullable(UInt16),
    failure_retryable    Bool,
    size_bytes           Nullable(UInt64),
    object_bytes         Nullable(UInt64),
    delivered_bytes      UInt64,
    transferred_bytes    UInt64,
    filtered_bytes       UInt64,
    segments             UInt32,
    resumes              UInt32,
    cache_hits           UInt32,
    duration_us          UInt64,
    first_ttfb_us        Nullable(UInt64),
    history_at           Array(DateTime64(6, 'UTC')),
    history_range_start  Array(Nullable(UInt64)),
    history_range_end    Array(Nullable(UInt64)),
    history_body_bytes   Array(UInt64),
    history_http_status  Array(UInt16),
    history_end_reason   Array(LowCardinality(String)),
    version              UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(day)
ORDER BY (account_id, collection_id, day, download_id)
SETTINGS index_granularity = 2048
