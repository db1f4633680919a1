-- The collection in which something names the photo or video.
SELECT collection_id
FROM
(
    SELECT collection_id FROM media FINAL WHERE account_id = {account:UInt64} AND media_id = {photo:UInt64}
    UNION ALL SELECT collection_id FROM media_daily WHERE account_id = {account:UInt64} AND media_id = {photo:UInt64}
    UNION ALL SELECT collection_id FROM favorites WHERE account_id = {account:UInt64} AND media_id = {photo:UInt64}
    UNION ALL SELECT collection_id FROM stars WHERE account_id = {account:UInt64} AND media_id = {photo:UInt64}
    UNION ALL SELECT collection_id
        FROM (SELECT collection_id, max(created) AS c FROM share_links WHERE account_id = {account:UInt64} GROUP BY collection_id, link_id)
        WHERE c.media_id = {photo:UInt64}
)
ORDER BY collection_id
LIMIT 1
