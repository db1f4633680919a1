-- What was done of an erasure: `events/N` once whoever owns partition N of the events topic folds without the person and
-- has written the slices that named them anew; `tombstone` once the catalogue's topic was told to forget the entry; `done`
-- once no table and no quarantined record names the person.
CREATE TABLE IF NOT EXISTS erasure_steps
(
    account_id   UInt64,
    client_hash  UInt128,
    step         LowCardinality(String),
    done_at      SimpleAggregateFunction(min, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (account_id, client_hash, step)
