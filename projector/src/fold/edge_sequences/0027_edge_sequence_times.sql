-- The latest event time among the events of a row: up to when an edge is known to be complete.
ALTER TABLE edge_sequences
    ADD COLUMN IF NOT EXISTS last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
