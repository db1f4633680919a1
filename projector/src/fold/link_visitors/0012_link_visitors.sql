-- An identity that opened a link, over the link's whole life (rule 72).
CREATE TABLE IF NOT EXISTS link_visitors
(
    account_id       UInt64,
    collection_id    UInt64,
    link_id          String,
    identity         UInt128,
    first_opened_at  SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
    last_opened_at   SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (account_id, collection_id, link_id, identity)
SETTINGS index_granularity = 2048
