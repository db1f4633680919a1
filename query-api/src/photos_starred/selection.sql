-- The starred photos of an account (rules 87 to 89). Tuples are aggregated before they are read.
, medium AS
(
    SELECT collection_id, media_id, gallery_id, media_kind, filename, tags
    FROM media FINAL
    WHERE account_id = {account:UInt64}
),
owned AS
(
    SELECT collection_id, media_id, toUnixTimestamp64Micro(s.at) AS starred_us
    FROM
    (
        SELECT collection_id, media_id, max(starred) AS s, max(unstarred) AS u
        FROM stars
        WHERE account_id = {account:UInt64}
        GROUP BY collection_id, media_id
    )
    WHERE s > u
),
liked AS
(
    SELECT collection_id, media_id, at_us, client_id FROM current_favorite WHERE favorite_kind = 'photo'
),
either AS
(
    SELECT
        collection_id,
        media_id,
        max(starred) AS starred_us,
        sum(favorite) AS client_favorites,
        max(favorited) AS favorited_us,
        groupArrayIf((favorited, client), favorite = 1) AS likes
    FROM
    (
        SELECT collection_id, media_id, starred_us AS starred, toUInt64(0) AS favorite, toInt64(0) AS favorited, '' AS client
        FROM owned
        UNION ALL
        SELECT collection_id, media_id, toInt64(0) AS starred, toUInt64(1) AS favorite, at_us AS favorited, client_id AS client
        FROM liked
    )
    GROUP BY collection_id, media_id
),
used AS
(
    SELECT collection_id, media_id, sum(downloads) AS downloads_n, sum(views) AS views_n
    FROM media_daily FINAL
    WHERE account_id = {account:UInt64}
    GROUP BY collection_id, media_id
),
shared AS
(
    SELECT collection_id, c.media_id AS shared_id, count() AS shares_n
    FROM
    (
        SELECT collection_id, link_id, max(created) AS c
        FROM share_links
        WHERE account_id = {account:UInt64}
        GROUP BY collection_id, link_id
    )
    WHERE toUnixTimestamp64Micro(c.at) > 0
    GROUP BY collection_id, shared_id
),
photo AS
(
    SELECT
        e.collection_id AS collection_id,
        e.media_id AS media_id,
        e.starred_us AS starred_us,
        e.favorited_us AS favorited_us,
        greatest(e.starred_us, e.favorited_us) AS at_us,
        e.client_favorites AS client_favorites,
        e.likes AS likes,
        u.downloads_n AS downloads_n,
        u.views_n AS views_n,
        h.shares_n AS shares_n,
        m.media_id != 0 AS is_known,
        m.gallery_id AS gallery_id,
        m.filename AS filename,
        m.tags AS tags
    FROM either AS e
    LEFT JOIN medium AS m ON m.collection_id = e.collection_id AND m.media_id = e.media_id
    LEFT JOIN used AS u ON u.collection_id = e.collection_id AND u.media_id = e.media_id
    LEFT JOIN shared AS h ON h.collection_id = e.collection_id AND h.shared_id = e.media_id
    WHERE m.media_kind != 'video'
      AND multiIf({by:String} = 'owner', e.starred_us > 0, {by:String} = 'clients', e.client_favorites > 0, 1)
      AND at_us >= {from:Int64} AND at_us < {to:Int64}
      AND (empty({media:Array(UInt64)}) OR e.media_id IN {media:Array(UInt64)})
      AND (empty({galleries:Array(UInt64)}) OR (m.media_id != 0 AND m.gallery_id IN {galleries:Array(UInt64)}))
),
measured AS
(
    SELECT *, client_favorites AS favorites_n, views_n AS looks_n FROM photo
)
