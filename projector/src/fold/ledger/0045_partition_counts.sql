-- How many partitions the topic of events has had while it was folded: a collection's events lie where each of these counts
-- put them, and offsets before a count was seen say nothing of the partitions it added.
CREATE TABLE IF NOT EXISTS partition_counts
(
    partitions  Int32,
    seen_at     SimpleAggregateFunction(min, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY partitions
