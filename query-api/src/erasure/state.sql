-- How far the erasure of a client is (rule 16).
WITH steps AS (
    SELECT step, min(done_at) AS at
    FROM erasure_steps
    WHERE account_id = {account:UInt64} AND client_hash = {client_hash:UInt128}
    GROUP BY step
)
SELECT
    toString(min(erased).event_id) AS event_id,
    toUnixTimestamp64Micro(min(erased).at) AS requested_us,
    (SELECT countIf(step = 'done') FROM steps) AS is_done,
    (SELECT toUnixTimestamp64Micro(maxIf(at, step = 'done')) FROM steps) AS done_us
FROM erasures
WHERE account_id = {account:UInt64} AND client_hash = {client_hash:UInt128}
GROUP BY client_hash
