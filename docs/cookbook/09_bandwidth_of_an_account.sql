-- How many bytes went out for each collection of an account?
SELECT collection_id, sum(transferred_bytes) AS transferred_bytes
FROM loupe.downloads
WHERE account_id = {account:UInt64} AND is_attempt
GROUP BY collection_id
HAVING transferred_bytes > 0
ORDER BY transferred_bytes DESC, collection_id
