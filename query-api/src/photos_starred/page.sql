, named AS
(
    SELECT collection_id AS named_id, name FROM collections FINAL WHERE account_id = {account:UInt64}
)
SELECT
    p.at_us AS sort_at,
    leftPad(toString(p.media_id), 20, '0') AS sort_id,
    p.collection_id AS sort_number,
    p.media_id AS media_id,
    if(c.named_id != 0, c.name, NULL) AS collection_name,
    if(p.is_known, p.gallery_id, NULL) AS gallery_id,
    if(p.is_known, p.filename, NULL) AS filename,
    p.is_known AS is_known,
    p.tags AS tags,
    p.starred_us AS starred_us,
    p.favorited_us AS favorited_us,
    p.client_favorites AS client_favorites,
    p.downloads_n AS downloads_n,
    p.shares_n AS shares_n,
    p.views_n AS views_n,
    p.score AS score,
    p.rank AS rank
FROM ranked AS p
LEFT JOIN named AS c ON c.named_id = p.collection_id
