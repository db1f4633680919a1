-- A quarantined record that was sent once more, as the event it has become. Sending it again changes nothing: the
-- event has one id.
CREATE TABLE IF NOT EXISTS quarantine_replays
(
    topic        LowCardinality(String),
    partition    Int32,
    offset       Int64,
    event_id     UUID,
    replayed_at  SimpleAggregateFunction(min, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (topic, partition, offset, event_id)
