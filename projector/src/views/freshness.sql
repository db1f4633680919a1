CREATE OR REPLACE VIEW {views}.freshness
(
    topic             String COMMENT 'The Kafka topic',
    partition         Int32 COMMENT 'Its partition',
    next_offset       Int64 COMMENT 'The offset after the last record that is in the tables',
    end_offset        Int64 COMMENT 'The offset after the last record that the projector has seen on the log',
    waiting_seconds   Float64 COMMENT 'How long the first record that is not in the tables waits, seconds; 0 when none does',
    observed_at       DateTime64(6, 'UTC') COMMENT 'When the projector last looked'
)
AS SELECT
    topic, partition, next_offset, end_offset,
    if(toUnixTimestamp64Micro(waiting_since) = 0, 0,
        greatest(0, (toUnixTimestamp64Micro(observed_at) - toUnixTimestamp64Micro(waiting_since)) / 1e6)) AS waiting_seconds,
    observed_at
FROM {tables}.watermarks FINAL
COMMENT 'How far the tables are, by partition of the log'
