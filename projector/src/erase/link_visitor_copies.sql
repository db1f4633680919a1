-- The visitor under the identity of the id in their place: what the new generation wrote, and what is older than the
-- events that are kept.
INSERT INTO link_visitors
SELECT account_id, collection_id, link_id, {place_identity:UInt128}, min(first_opened_at), max(last_opened_at)
FROM link_visitors
WHERE account_id = {account:UInt64} AND identity = {identity:UInt128}
GROUP BY account_id, collection_id, link_id
