-- What is known of a photo or video, and what was done with it beside downloads. Tuples are aggregated before
-- they are read.
, liked AS
(
    SELECT count() AS favorites_n, uniqExactIf(client_id, client_id != '') AS favorite_clients_n
    FROM current_favorite
    WHERE at_us >= {from:Int64} AND at_us < {to:Int64} AND media_id = {photo:UInt64}
),
link AS
(
    SELECT link_id AS shared_id, toUnixTimestamp64Micro(c.at) AS created_us
    FROM
    (
        SELECT link_id, max(created) AS c
        FROM share_links
        WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
        GROUP BY link_id
    )
    WHERE toUnixTimestamp64Micro(c.at) > 0 AND c.media_id = {photo:UInt64}
),
seen AS
(
    SELECT sum(views) AS views_n, sum(plays) AS plays_n
    FROM media_daily FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND media_id = {photo:UInt64}
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
),
opened AS
(
    SELECT sum(opens) AS opens_n
    FROM link_daily FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND link_id IN (SELECT shared_id FROM link)
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
),
owned AS
(
    SELECT count() AS stars_n
    FROM
    (
        SELECT max(starred) AS s, max(unstarred) AS u
        FROM stars
        WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND media_id = {photo:UInt64}
        HAVING s > u
    )
),
medium AS
(
    SELECT
        media_id AS known_id, gallery_id, toString(media_kind) AS kind, filename, toString(format) AS container, width, height,
        tags
    FROM media FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND media_id = {photo:UInt64}
)
SELECT
    (SELECT favorites_n FROM liked) AS favorites_n,
    (SELECT favorite_clients_n FROM liked) AS favorite_clients_n,
    (SELECT count() FROM link WHERE created_us >= {from:Int64} AND created_us < {to:Int64}) AS shares_n,
    (SELECT views_n FROM seen) AS views_n,
    (SELECT plays_n FROM seen) AS plays_n,
    (SELECT opens_n FROM opened) AS opens_n,
    (SELECT stars_n FROM owned) AS stars_n,
    m.known_id != 0 AS is_known,
    m.gallery_id AS gallery_id,
    m.kind AS kind,
    m.filename AS filename,
    m.container AS container,
    m.width AS width,
    m.height AS height,
    m.tags AS tags,
    c.name AS collection_name
FROM (SELECT {photo:UInt64} AS wanted_id, {collection:UInt64} AS wanted_collection) AS w
LEFT JOIN medium AS m ON m.known_id = w.wanted_id
LEFT JOIN (SELECT collection_id, CAST(name AS Nullable(String)) AS name FROM collections FINAL WHERE account_id = {account:UInt64}) AS c
    ON c.collection_id = w.wanted_collection
