-- A share link: how it came to be, its present terms (rule 76), its first revocation (rule 75).
CREATE TABLE IF NOT EXISTS share_links
(
    account_id     UInt64,
    collection_id  UInt64,
    link_id        String,
    created        SimpleAggregateFunction(max, Tuple(
        at DateTime64(6, 'UTC'), event_id UInt128, media_id UInt64, url String, client_id String,
        identified_by String)),
    -- expires_at is in microseconds and -1 when the link never expires; permissions is their JSON.
    terms          SimpleAggregateFunction(max, Tuple(
        at DateTime64(6, 'UTC'), event_id UInt128, expires_at Int64, permissions String)),
    -- The far future when the link was never revoked.
    revoked_at     SimpleAggregateFunction(min, DateTime64(6, 'UTC')) DEFAULT '2299-12-31 00:00:00'
)
ENGINE = AggregatingMergeTree
ORDER BY (account_id, collection_id, link_id)
SETTINGS index_granularity = 2048
