-- Rows of a run in which, or before which, sequence numbers never arrived; the first fifty of each run.
WITH
    chunks AS
    (
        SELECT node, boot_id, chunk, groupBitOr(arrived) AS bits
        FROM edge_sequences
        GROUP BY node, boot_id, chunk
    ),
    placed AS
    (
        SELECT
            *,
            max(chunk) OVER (PARTITION BY node, boot_id) AS last_chunk,
            lagInFrame(toInt64(chunk), 1, toInt64(-1))
                OVER (PARTITION BY node, boot_id ORDER BY chunk ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS previous
        FROM chunks
    )
SELECT
    toString(node) AS node,
    toString(boot_id) AS boot_id,
    chunk,
    previous,
    chunk = last_chunk AS is_last,
    toString(bits) AS arrived
FROM placed
WHERE toInt64(chunk) != previous + 1
    OR NOT (bits = 18446744073709551615 OR (is_last AND bitAnd(bits, bits + 1) = 0))
ORDER BY node, boot_id, chunk
LIMIT 50 BY node, boot_id
LIMIT 10000
