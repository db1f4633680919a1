, bucketed AS
(
    SELECT
        bucket.1 AS dimension, bucket.2 AS word, bucket.3 AS of_collection, bucket.4 AS of_gallery,
        countIf(is_known) AS media_n,
        sum(c.views_n) AS views_n, sum(c.plays_n) AS plays_n, sum(c.favorites_n) AS favorites_n,
        sum(c.downloads_n) AS downloads_n,
        countIf(is_untouched) AS never_touched_n
    FROM content AS c
    ARRAY JOIN arrayConcat(
        [('total', '', toUInt64(0), toUInt64(0)),
         ('kind', kind, toUInt64(0), toUInt64(0)),
         ('orientation', orientation, toUInt64(0), toUInt64(0)),
         ('gallery', '', if(is_known, collection_id, 0), if(is_known, gallery_id, 0))],
        arrayMap(tag -> ('tag', tag, toUInt64(0), toUInt64(0)), arrayDistinct(tags))) AS bucket
    GROUP BY dimension, word, of_collection, of_gallery
),
gallery AS (SELECT collection_id, gallery_id, name FROM galleries FINAL WHERE account_id = {account:UInt64})
SELECT
    b.dimension AS dimension, b.word AS word,
    if(b.of_gallery = 0, NULL, b.of_gallery) AS bucket_gallery_id,
    if(b.of_gallery = 0, NULL, b.of_collection) AS bucket_collection_id,
    if(g.gallery_id = 0, NULL, g.name) AS gallery_name,
    b.media_n AS media_n, b.views_n AS views_n, b.plays_n AS plays_n, b.favorites_n AS favorites_n,
    b.downloads_n AS downloads_n, b.never_touched_n AS never_touched_n
FROM bucketed AS b
LEFT JOIN gallery AS g ON g.collection_id = b.of_collection AND g.gallery_id = b.of_gallery
ORDER BY dimension, downloads_n DESC, favorites_n DESC, views_n DESC, word, b.of_collection, b.of_gallery
-- One more than is shown, to tell.
LIMIT 1001 BY dimension
