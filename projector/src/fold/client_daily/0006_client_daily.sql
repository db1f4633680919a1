-- What a client did in a collection on one day; anonymous actors share client_id '' (rule 14).
CREATE TABLE IF NOT EXISTS client_daily
(
    account_id         UInt64,
    collection_id      UInt64,
    client_id          String,
    day                Date,
    attempts           UInt64,
    downloads          UInt64,
    delivered_bytes    UInt64,
    visits             UInt64,
    views              UInt64,
    plays              UInt64,
    opens              UInt64,
    favorites_added    UInt64,
    favorites_removed  UInt64,
    first_at           DateTime64(6, 'UTC'),
    last_at            DateTime64(6, 'UTC'),
    version            UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(day)
ORDER BY (account_id, collection_id, client_id, day)
SETTINGS index_granularity = 2048
