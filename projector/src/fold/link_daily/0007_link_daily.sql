-- A share link on one day (rules 69 to 74, 80).
CREATE TABLE IF NOT EXISTS link_daily
(
    account_id           UInt64,
    collection_id        UInt64,
    link_id              String,
    day                  Date,
    opens                UInt64,
    visitors             UInt64,
    link_previews        UInt64,
    bot_opens            UInt64,
    denied_expired       UInt64,
    denied_bad_password  UInt64,
    denied_quota         UInt64,
    denied_revoked       UInt64,
    attempts             UInt64,
    downloads            UInt64,
    unique_downloads     UInt64,
    transferred_bytes    UInt64,
    first_opened_at      Nullable(DateTime64(6, 'UTC')),
    last_opened_at       Nullable(DateTime64(6, 'UTC')),
    referrers            Map(String, UInt64),
    countries            Map(String, UInt64),
    version              UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(day)
ORDER BY (account_id, collection_id, link_id, day)
SETTINGS index_granularity = 2048
