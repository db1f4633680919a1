-- The media of a collection with what was done with them in the period, ranked (rule 109).
WITH
medium AS
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
    FROM
    (
        SELECT list_id, media_id, max(added) AS a, max(removed) AS r
        FROM favorites
        WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
        GROUP BY list_id, media_id
    )
    WHERE toUnixTimestamp64Micro(a.at) > 0 AND (a.at, a.event_id) > (r.at, r.event_id)
      AND toUnixTimestamp64Micro(a.at) >= {from:Int64} AND toUnixTimestamp64Micro(a.at) < {to:Int64}
    GROUP BY liked_id
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
most AS
(
    SELECT
        toUInt256(greatest(max(favorites_n), 1)) AS f,
        toUInt256(greatest(max(downloads_n), 1)) AS d,
        toUInt256(greatest(max(shares_n), 1)) AS s,
        toUInt256(greatest(max(views_n + plays_n), 1)) AS v
    FROM figure
),
scored AS
(
    -- Thousandths, exactly and half up (rule 89).
    SELECT
        figure.*,
        toUInt64(intDiv(
            (4 * favorites_n * d * s * v + 3 * downloads_n * f * s * v + 2 * shares_n * f * d * v + (views_n + plays_n) * f * d * s) * 200
                + f * d * s * v,
            2 * f * d * s * v)) AS score
    FROM figure CROSS JOIN most
),
ranked AS
(
    SELECT
        *,
        row_number() OVER (
            ORDER BY
                multiIf(
                    {by:String} = 'unique_downloads', unique_downloads_n,
                    {by:String} = 'views', views_n + plays_n,
                    {by:String} = 'favorites', favorites_n,
                    {by:String} = 'shares', shares_n,
                    {by:String} = 'score', score,
                    downloads_n) DESC,
                media_id) AS rank
    FROM scored
)
