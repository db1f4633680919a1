-- The media of an account, and what happened to them in whole UTC days (rule 127).
, medium AS
(
    SELECT collection_id, media_id, gallery_id, toString(media_kind) AS kind, filename, width, height, tags
    FROM media FINAL
    WHERE account_id = {account:UInt64}
),
used AS
(
    SELECT
        collection_id AS used_collection, media_id AS used_id,
        sum(views) AS views_n, sum(plays) AS plays_n, sum(downloads) AS downloads_n
    FROM media_daily FINAL
    WHERE account_id = {account:UInt64}
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
    GROUP BY collection_id, media_id
    HAVING views_n + plays_n + downloads_n > 0
),
liked AS
(
    SELECT collection_id AS liked_collection, media_id AS liked_id, count() AS favorites_n
    FROM current_favorite
    WHERE at_us >= {from:Int64} AND at_us < {to:Int64}
    GROUP BY collection_id, media_id
),
known AS
(
    SELECT collection_id AS known_collection, media_id AS known_id FROM medium
    UNION DISTINCT SELECT used_collection, used_id FROM used
    UNION DISTINCT SELECT liked_collection, liked_id FROM liked
),
content AS
(
    SELECT
        k.known_collection AS collection_id, k.known_id AS media_id,
        m.media_id != 0 AS is_known,
        if(is_known, m.kind, 'unknown') AS kind,
        m.gallery_id AS gallery_id, m.filename AS filename, m.tags AS tags,
        multiIf(
            ifNull(m.width, 0) = 0 OR ifNull(m.height, 0) = 0, 'unknown',
            m.width > m.height, 'landscape',
            m.width < m.height, 'portrait',
            'square') AS orientation,
        u.views_n AS views_n, u.plays_n AS plays_n, u.downloads_n AS downloads_n, l.favorites_n AS favorites_n,
        is_known AND views_n + plays_n + downloads_n + favorites_n = 0 AS is_untouched
    FROM known AS k
    LEFT JOIN medium AS m ON m.collection_id = k.known_collection AND m.media_id = k.known_id
    LEFT JOIN used AS u ON u.used_collection = k.known_collection AND u.used_id = k.known_id
    LEFT JOIN liked AS l ON l.liked_collection = k.known_collection AND l.liked_id = k.known_id
)
