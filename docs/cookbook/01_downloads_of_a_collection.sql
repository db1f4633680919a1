-- How many downloads has a collection, and how many of them are unique?
SELECT
    countIf(is_attempt) AS attempts,
    countIf(is_counted) AS downloads,
    uniqExactIf(unique_key, is_counted) AS unique_downloads
FROM loupe.downloads
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
