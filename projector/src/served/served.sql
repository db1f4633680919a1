CREATE TABLE IF NOT EXISTS {views}.served
(
    step         UInt64 COMMENT 'Counts the switches; the one with the largest number holds',
    database     String COMMENT 'The database that the query API and these views read from then on',
    definition   String COMMENT 'The version of the counting definition that its numbers follow',
    served_from  DateTime64(6, 'UTC') COMMENT 'When it was switched to'
)
ENGINE = MergeTree
ORDER BY step
COMMENT 'Which version of the tables is served, and which were before'
