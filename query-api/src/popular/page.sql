SELECT
    -- The first rank is the most popular.
    -toInt64(rank) AS sort_at,
    '' AS sort_id,
    media_id AS sort_number,
    rank,
    is_known,
    gallery_id,
    kind,
    filename,
    attempts_n,
    downloads_n,
    unique_downloads_n,
    views_n,
    plays_n,
    favorites_n,
    shares_n,
    score
FROM ranked
