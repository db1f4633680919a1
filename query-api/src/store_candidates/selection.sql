-- Photos worth offering as prints (rule 125).
, medium AS
(
    SELECT collection_id, media_id, gallery_id, media_kind, filename, tags
    FROM media FINAL
    WHERE account_id = {account:UInt64}
),
liked AS
(
    SELECT
        collection_id AS liked_collection,
        media_id AS liked_id,
        count() AS favorites_n,
        uniqExactIf(client_id, client_id != '') AS favorite_clients_n,
        max(at_us) AS favorited_us
    FROM current_favorite
    WHERE favorite_kind = 'photo'
    GROUP BY collection_id, media_id
),
received AS
(
    SELECT
        collection_id AS received_collection,
        media_id AS received_id,
        countIf(rendition IN ('original', 'high_res')) AS downloads_n,
        uniqExactIf(identity, rendition IN ('original', 'high_res')) AS downloaders_n,
        countIf(paid) AS paid_n
    FROM deliveries FINAL
    WHERE account_id = {account:UInt64} AND filter_reason = '' AND completed_at IS NOT NULL AND media_kind = 'photo'
    GROUP BY collection_id, media_id
),
candidate AS
(
    SELECT
        l.liked_collection AS collection_id, l.liked_id AS media_id, l.favorites_n AS favorites_n,
        l.favorite_clients_n AS favorite_clients_n, l.favorited_us AS favorited_us,
        r.downloads_n AS downloads_n, r.downloaders_n AS downloaders_n,
        m.media_id != 0 AS is_known, m.gallery_id AS gallery_id, m.filename AS filename, m.tags AS tags
    FROM liked AS l
    LEFT JOIN received AS r ON r.received_collection = l.liked_collection AND r.received_id = l.liked_id
    LEFT JOIN medium AS m ON m.collection_id = l.liked_collection AND m.media_id = l.liked_id
    WHERE m.media_kind != 'video' AND r.paid_n = 0
      AND (l.favorite_clients_n >= 2 OR r.downloaders_n >= 2)
      AND l.favorited_us >= {from:Int64} AND l.favorited_us < {to:Int64}
      AND (empty({media:Array(UInt64)}) OR l.liked_id IN {media:Array(UInt64)})
      AND (empty({galleries:Array(UInt64)}) OR (m.media_id != 0 AND m.gallery_id IN {galleries:Array(UInt64)}))
),
scored AS
(
    -- Thousandths, exactly and half up (rule 126). The most of each are taken by windows: a subquery of them would read the
    -- candidates again.
    SELECT
        *,
        toUInt256(greatest(max(favorite_clients_n) OVER (), 1)) AS f,
        toUInt256(greatest(max(downloaders_n) OVER (), 1)) AS d,
        toUInt64(intDiv((6 * favorite_clients_n * d + 4 * downloaders_n * f) * 200 + f * d, 2 * f * d)) AS score
    FROM candidate
)
