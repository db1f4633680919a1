-- Which photos and videos of a collection are downloaded most, alone or in archives?
SELECT m.filename AS filename, d.media_id AS media_id, sum(d.downloads) AS downloads
FROM loupe.media_days AS d
LEFT JOIN loupe.media AS m
    ON m.account_id = d.account_id AND m.collection_id = d.collection_id AND m.media_id = d.media_id
WHERE d.account_id = {account:UInt64} AND d.collection_id = {collection:UInt64}
GROUP BY filename, media_id
HAVING downloads > 0
ORDER BY downloads DESC, media_id
LIMIT 10
