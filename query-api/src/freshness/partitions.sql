-- What the owner of each partition last saw of it, and what the ledger lacks. Ranges may overlap and repeat, so each
-- is compared with the furthest of all that begin before it.
WITH
    ranges AS
    (
        SELECT
            topic,
            partition,
            first_offset,
            max(last_offset) OVER (earlier ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
            row_number() OVER (earlier) AS number
        FROM ledger
        WINDOW earlier AS (PARTITION BY topic, partition ORDER BY first_offset, last_offset)
    ),
    accounted AS
    (
        SELECT
            topic,
            partition,
            min(first_offset) AS begun_at,
            toInt64(sum(if(number = 1, 0, greatest(0, first_offset - reached - 1)))) AS missing
        FROM ranges
        GROUP BY topic, partition
    )
SELECT
    toString(w.topic) AS topic,
    w.partition AS partition,
    w.first_offset AS first_offset,
    w.next_offset AS next_offset,
    w.end_offset AS end_offset,
    greatest(0, w.end_offset - w.next_offset) AS lag_records,
    if(w.waiting_since > toDateTime64(0, 6, 'UTC'), toUnixTimestamp64Micro(w.waiting_since), NULL) AS waiting_since,
    w.records_per_second AS records_per_second,
    toUnixTimestamp64Micro(w.observed_at) AS observed_at,
    if(a.topic = '', greatest(0, w.next_offset - w.first_offset),
        a.missing + greatest(0, a.begun_at - w.first_offset)) AS unaccounted_offsets
FROM (SELECT * FROM watermarks FINAL) AS w
LEFT JOIN accounted AS a ON a.topic = w.topic AND a.partition = w.partition
ORDER BY topic, partition
