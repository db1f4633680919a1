-- Which known clients looked at a collection and downloaded nothing yet?
SELECT client_id, max(last_at) AS last_seen_at
FROM loupe.visitor_days
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND client_id IS NOT NULL
GROUP BY client_id
HAVING sum(visits + views + plays) > 0 AND sum(downloads) = 0
ORDER BY last_seen_at DESC, client_id
