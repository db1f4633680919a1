-- The media of a collection with what was done with them in the period, ranked (rule 109). Tuples are aggregated before they
-- are read.
, medium AS
(
    SELECT media_id AS known_id, gallery_id, media_kind, filename
    FROM media FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
),
used AS
(
    SELECT
        media_id AS used_id,
        sum(attempts) AS attempts_n,
        sum(downloads) AS downloads_n,
        sum(unique_downloads) AS unique_downloads_n,
        sum(views) AS views_n,
        sum(plays) AS plays_n
    FROM media_daily FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
    GROUP BY used_id
),
liked AS
(
    SELECT media_id AS liked_id, count() AS favorites_n
    FROM current_favorite
    WHERE at_us >= {from:Int64} AND at_us < {to:Int64}
    GROUP BY media_id
),
shared AS
(
    SELECT c.media_id AS shared_id, count() AS shares_n
    FROM
    (
        SELECT link_id, max(created) AS c
        FROM share_links
        WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
        GROUP BY link_id
    )
    WHERE toUnixTimestamp64Micro(c.at) > 0
      AND toUnixTimestamp64Micro(c.at) >= {from:Int64} AND toUnixTimestamp64Micro(c.at) < {to:Int64}
    GROUP BY shared_id
),
touched AS
(
    SELECT used_id AS media_id FROM used
    UNION DISTINCT SELECT liked_id AS media_id FROM liked
    UNION DISTINCT SELECT shared_id AS media_id FROM shared
),
figure AS
(
    SELECT
        t.media_id AS media_id,
        m.known_id != 0 AS is_known,
        m.gallery_id AS gallery_id,
        toString(m.media_kind) AS kind,
        m.filename AS filename,
        u.attempts_n AS attempts_n,
        u.downloads_n AS downloads_n,
        u.unique_downloads_n AS unique_downloads_n,
        u.views_n AS views_n,
        u.plays_n AS plays_n,
        l.favorites_n AS favorites_n,
        s.shares_n AS shares_n
    FROM touched AS t
    LEFT JOIN medium AS m ON m.known_id = t.media_id
    LEFT JOIN used AS u ON u.used_id = t.media_id
    LEFT JOIN liked AS l ON l.liked_id = t.media_id
    LEFT JOIN shared AS s ON s.shared_id = t.media_id
    WHERE attempts_n + views_n + plays_n + favorites_n + shares_n > 0
      AND (empty({media:Array(UInt64)}) OR t.media_id IN {media:Array(UInt64)})
      AND (empty({galleries:Array(UInt64)}) OR (m.known_id != 0 AND m.gallery_id IN {galleries:Array(UInt64)}))
),
measured AS
(
    SELECT *, views_n + plays_n AS looks_n FROM figure
)
