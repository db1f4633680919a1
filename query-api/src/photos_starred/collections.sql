, catalogued AS (SELECT collection_id AS catalogued_id, countIf(media_kind = 'photo') AS photos_n FROM medium GROUP BY collection_id),
published AS
(
    SELECT collection_id AS published_id, toUnixTimestamp64Micro(published_at) AS published_us
    FROM collections FINAL
    WHERE account_id = {account:UInt64}
),
first_upserted AS
(
    SELECT collection_id AS upserted_id, toUnixTimestamp64Micro(min(first_upserted_at)) AS upserted_us
    FROM collection_first_upserts
    WHERE account_id = {account:UInt64}
    GROUP BY collection_id
),
selected AS
(
    SELECT
        collection_id,
        count() AS rows_n,
        countIf(starred_us > 0) AS starred_n,
        sum(client_favorites) AS favorites_n,
        countIf(client_favorites > 0) AS favorited_n
    FROM photo
    GROUP BY collection_id
),
first_favorite AS
(
    SELECT collection_id AS favorited_id, min(at_us) AS first_us
    FROM liked
    WHERE (collection_id, media_id) IN (SELECT collection_id, media_id FROM photo)
    GROUP BY collection_id
)
SELECT
    s.collection_id AS collection_id,
    s.rows_n AS rows_n,
    s.starred_n AS starred_n,
    s.favorites_n AS favorites_n,
    s.favorited_n AS favorited_n,
    c.photos_n AS photos_n,
    coalesce(p.published_us, if(u.upserted_us = 0, NULL, u.upserted_us)) AS published_us,
    f.first_us AS first_favorite_us
FROM selected AS s
LEFT JOIN catalogued AS c ON c.catalogued_id = s.collection_id
LEFT JOIN published AS p ON p.published_id = s.collection_id
LEFT JOIN first_upserted AS u ON u.upserted_id = s.collection_id
LEFT JOIN first_favorite AS f ON f.favorited_id = s.collection_id
ORDER BY collection_id
