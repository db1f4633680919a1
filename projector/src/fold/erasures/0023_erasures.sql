-- A client who was erased, by hash, and the id that took their place in facts (rule 16). The earliest event wins.
CREATE TABLE IF NOT EXISTS erasures
(
    account_id   UInt64,
    client_hash  UInt128,
    erased       SimpleAggregateFunction(min, Tuple(at DateTime64(6, 'UTC'), event_id UInt128))
)
ENGINE = AggregatingMergeTree
ORDER BY (account_id, client_hash)
