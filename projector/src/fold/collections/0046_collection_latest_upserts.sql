-- What the catalogue's latest upsert of a collection said of its publication, which a deletion takes back as little as any
-- fact (rules 92 and 94).
ALTER TABLE collection_first_upserts
    -- published_at is in microseconds, and -1 when the upsert named none.
    ADD COLUMN IF NOT EXISTS latest SimpleAggregateFunction(max, Tuple(
        at DateTime64(6, 'UTC'), event_id UInt128, published_at Int64))
