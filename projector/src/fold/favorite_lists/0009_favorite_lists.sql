-- A list of favourites. Submitted when `submitted` is later than `reopened` (rule 85).
CREATE TABLE IF NOT EXISTS favorite_lists
(
    account_id     UInt64,
    collection_id  UInt64,
    list_id        String,
    -- max_selections is -1 when the list has no limit.
    state          SimpleAggregateFunction(max, Tuple(
        at DateTime64(6, 'UTC'), event_id UInt128, name String, max_selections Int64)),
    submitted      SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), event_id UInt128)),
    reopened       SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), event_id UInt128))
)
ENGINE = AggregatingMergeTree
ORDER BY (account_id, collection_id, list_id)
SETTINGS index_granularity = 2048
