-- When the catalogue first spoke of a collection: its publication when nobody names another (rule 92).
CREATE TABLE IF NOT EXISTS collection_first_upserts
(
    account_id         UInt64,
    collection_id      UInt64,
    first_upserted_at  SimpleAggregateFunction(min, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (account_id, collection_id)
SETTINGS index_granularity = 2048
