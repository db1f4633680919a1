-- What one identity (rule 12) did in a collection on one day, as far as rule 1 counts it. An identity comes of the
-- client_id when there is one, so the rows of a client_id add up to what that client did; anonymous ones have ''.
CREATE TABLE IF NOT EXISTS identity_daily
(
    account_id         UInt64,
    collection_id      UInt64,
    day                Date,
    identity           UInt128,
    client_id          String,
    -- Of the latest deed of the day by (occurred_at, event_id).
    identified_by      LowCardinality(String),
    attempts           UInt64,
    downloads          UInt64,
    delivered_bytes    UInt64,
    visits             UInt64,
    views              UInt64,
    plays              UInt64,
    opens              UInt64,
    favorites_added    UInt64,
    favorites_removed  UInt64,
    -- The span of the identity's own deeds, a request that an earlier one took the place of (rule 32) included.
    first_at           DateTime64(6, 'UTC'),
    last_at            DateTime64(6, 'UTC'),
    version            UInt64,
    -- Finds one client among all collections of an account; within a collection the key does.
    INDEX client_id_index client_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(day)
ORDER BY (account_id, collection_id, client_id, identity, day)
SETTINGS index_granularity = 2048
