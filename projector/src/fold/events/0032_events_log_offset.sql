-- The Kafka offset at which the event was folded first, in its collection's partition; -1 in rows from before this
-- column. It is a function of the log, not of the set of events: in another order the same events have others.
-- Two writers agree on it: each reads a partition in order, from an offset before which everything is in this table,
-- so the first record of an event that it takes for new is the first in the log. A record that was sent on to its
-- partition, or out of quarantine, counts where it was sent to.
-- Below the next offset of its partition in `positions` no event is missing here; above it a flush may be here in part.
-- By the index a reader of a collection's events after an offset passes over all that holds only earlier ones.
ALTER TABLE events
    ADD COLUMN IF NOT EXISTS log_offset Int64 DEFAULT -1,
    ADD INDEX IF NOT EXISTS log_offset_index log_offset TYPE minmax GRANULARITY 1
