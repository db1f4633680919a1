-- How far a read model that came later is filled from `events`: every slice up to this one has its rows. To fill it
-- once more, as after an older projector wrote beside it, remove its row.
CREATE TABLE IF NOT EXISTS backfills
(
    read_model  LowCardinality(String),
    reached     SimpleAggregateFunction(max, Tuple(is_done UInt8, account_id UInt64, collection_id UInt64, day UInt16))
)
ENGINE = AggregatingMergeTree
ORDER BY read_model
