, medium AS
(
    SELECT media_id AS known_id, filename
    FROM media FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
)
SELECT
    e.at_us AS sort_at,
    concat(e.type, '/', e.id) AS sort_id,
    e.media AS sort_number,
    e.type AS type,
    e.id AS id,
    e.kind AS kind,
    e.status AS status,
    e.client_id AS client_id,
    e.known_by AS known_by,
    e.visits_n AS visits_n,
    e.views_n AS views_n,
    e.plays_n AS plays_n,
    e.opens_n AS opens_n,
    if(m.known_id != 0, m.filename, NULL) AS filename
FROM selected AS e
LEFT JOIN medium AS m ON m.known_id = e.media
