-- A favourite: one medium on one list. Current when `added` is later than `removed` (rule 82). Every tuple begins
-- with (at, event_id), so its maximum is the latest; the zero tuple means never.
CREATE TABLE IF NOT EXISTS favorites
(
    account_id     UInt64,
    collection_id  UInt64,
    list_id        String,
    media_id       UInt64,
    added          SimpleAggregateFunction(max, Tuple(
        at DateTime64(6, 'UTC'), event_id UInt128, client_id String, identified_by String, media_kind String)),
    removed        SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), event_id UInt128)),
    noted          SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), event_id UInt128, note String))
)
ENGINE = AggregatingMergeTree
ORDER BY (account_id, collection_id, list_id, media_id)
SETTINGS index_granularity = 2048
