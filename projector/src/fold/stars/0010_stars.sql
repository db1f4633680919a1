-- The owner's star on a photo; current when `starred` is later than `unstarred` (rule 82).
CREATE TABLE IF NOT EXISTS stars
(
    account_id     UInt64,
    collection_id  UInt64,
    media_id       UInt64,
    starred        SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), event_id UInt128)),
    unstarred      SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), event_id UInt128))
)
ENGINE = AggregatingMergeTree
ORDER BY (account_id, collection_id, media_id)
SETTINGS index_granularity = 2048
