, bucketed AS
(
    SELECT
        bucket.1 AS dimension, bucket.2 AS word, bucket.3 AS of_collection, bucket.4 AS of_gallery,
        countIf(is_own) AS own_n,
        count() AS all_n
    FROM deed
    ARRAY JOIN arrayConcat(
        [('kind', deed_kind, toUInt64(0), toUInt64(0)),
         ('gallery', '', if(is_known, collection_id, 0), if(is_known, gallery_id, 0))],
        if(rendition_text = '', [], [('rendition', rendition_text, toUInt64(0), toUInt64(0))]),
        arrayMap(tag -> ('tag', tag, toUInt64(0), toUInt64(0)), arrayDistinct(tags))) AS bucket
    GROUP BY dimension, word, of_collection, of_gallery
),
gallery AS (SELECT collection_id, gallery_id, name FROM galleries FINAL WHERE account_id = {account:UInt64})
SELECT
    b.dimension AS dimension, b.word AS word, b.own_n AS own_n, b.all_n AS all_n,
    if(b.of_gallery = 0, NULL, b.of_gallery) AS bucket_gallery_id,
    if(b.of_gallery = 0, NULL, b.of_collection) AS bucket_collection_id,
    if(g.gallery_id = 0, NULL, g.name) AS gallery_name
FROM bucketed AS b
LEFT JOIN gallery AS g ON g.collection_id = b.of_collection AND g.gallery_id = b.of_gallery
WHERE b.own_n > 0 OR b.dimension = 'kind'
ORDER BY dimension, own_n DESC, word, b.of_collection, b.of_gallery
LIMIT 1000 BY dimension
