, named AS
(
    SELECT collection_id AS named_id, name FROM collections FINAL WHERE account_id = {account:UInt64}
)
SELECT
    c.media_id AS media_id, c.kind AS kind, c.collection_id AS collection_id,
    if(n.named_id != 0, n.name, NULL) AS collection_name,
    if(c.is_known, c.gallery_id, NULL) AS gallery_id,
    if(c.is_known, c.filename, NULL) AS filename,
    c.views_n AS views_n, c.plays_n AS plays_n, c.favorites_n AS favorites_n, c.downloads_n AS downloads_n
FROM content AS c
LEFT JOIN named AS n ON n.named_id = c.collection_id
WHERE c.views_n + c.plays_n + c.favorites_n + c.downloads_n > 0
ORDER BY c.downloads_n DESC, c.favorites_n DESC, c.views_n DESC, c.media_id, c.collection_id
LIMIT 10
