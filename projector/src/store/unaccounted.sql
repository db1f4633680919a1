-- Ranges may overlap and repeat, so each is compared with the furthest of all that begin before it.
SELECT
    toString(topic) AS topic,
    partition,
    min(first_offset) AS begun_at,
    toInt64(sum(if(number = 1, 0, greatest(0, first_offset - reached - 1)))) AS missing,
    count() AS ranges
FROM
(
    SELECT
        topic,
        partition,
        first_offset,
        max(last_offset) OVER (earlier ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
        row_number() OVER (earlier) AS number
    FROM ledger
    WINDOW earlier AS (PARTITION BY topic, partition ORDER BY first_offset, last_offset)
)
GROUP BY topic, partition
