-- Which media of a collection are on how many lists of favourites now?
SELECT media_id, count() AS favorites, uniqExactIf(client_id, client_id IS NOT NULL) AS clients
FROM loupe.favorites
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND is_current
GROUP BY media_id
ORDER BY favorites DESC, media_id
