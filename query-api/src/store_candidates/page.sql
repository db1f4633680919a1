, named AS
(
    SELECT collection_id AS named_id, name FROM collections FINAL WHERE account_id = {account:UInt64}
)
SELECT
    -- The first rank is the highest score.
    if({sort:String} = 'last_favorited_at', c.favorited_us, -toInt64(c.rank)) AS sort_at,
    leftPad(toString(c.media_id), 20, '0') AS sort_id,
    c.collection_id AS sort_number,
    c.media_id AS media_id,
    if(n.named_id != 0, n.name, NULL) AS collection_name,
    if(c.is_known, c.gallery_id, NULL) AS gallery_id,
    if(c.is_known, c.filename, NULL) AS filename,
    c.is_known AS is_known,
    c.tags AS tags,
    c.favorites_n AS favorites_n,
    c.favorite_clients_n AS favorite_clients_n,
    c.favorited_us AS favorited_us,
    c.downloads_n AS downloads_n,
    c.downloaders_n AS downloaders_n,
    c.score AS score,
    c.rank AS rank
FROM ranked AS c
LEFT JOIN named AS n ON n.named_id = c.collection_id
