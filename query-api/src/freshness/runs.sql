-- Each run of an edge, by node and boot: how many of its sequence numbers, which count up from 0, never arrived.
WITH
    chunks AS
    (
        SELECT node, boot_id, chunk, groupBitOr(arrived) AS bits, max(last_at) AS at
        FROM edge_sequences
        GROUP BY node, boot_id, chunk
    ),
    placed AS
    (
        SELECT
            *,
            toUInt64(row_number() OVER (PARTITION BY node, boot_id ORDER BY chunk) - 1) AS number,
            max(chunk) OVER (PARTITION BY node, boot_id) AS last_chunk,
            -- In its last chunk a run is whole when its bits are contiguous from the first on.
            chunk != number OR NOT (bits = 18446744073709551615
                OR (chunk = last_chunk AND bitAnd(bits, bits + 1) = 0)) AS is_broken
        FROM chunks
    ),
    judged AS
    (
        SELECT *, min(if(is_broken, number, last_chunk + 1)) OVER (PARTITION BY node, boot_id) AS first_broken
        FROM placed
    ),
    run AS
    (
        SELECT
            node,
            boot_id,
            sum(bitCount(bits)) AS arrived,
            64 * max(chunk) + arrayMax(bitPositionsToArray(argMax(bits, chunk))) + 1 AS sent,
            sent - arrived AS missing,
            if(countIf(number < first_broken) = 0, NULL, toUnixTimestamp64Micro(maxIf(at, number < first_broken)))
                AS complete_to,
            toUnixTimestamp64Micro(max(at)) AS last_at
        FROM judged
        GROUP BY node, boot_id
    )
