-- The erased clients of an account: by hash, and by the erasure that took their place (rule 16).
SELECT toString(client_hash) AS hash, toString(min(erased).event_id) AS event_id
FROM erasures
WHERE account_id = {account:UInt64}
GROUP BY client_hash
