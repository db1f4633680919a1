-- What the selected photos say (rules 89 to 92), in one row: a statement for each figure would read the photos again.
, catalogued AS (SELECT collection_id AS catalogued_id, countIf(media_kind = 'photo') AS photos_n FROM medium GROUP BY collection_id),
-- A time zone's hours are made of UTC's quarter hours (rule 91).
within AS
(
    SELECT
        collection_id,
        count() AS rows_n,
        countIf(starred_us > 0) AS starred_n,
        sum(client_favorites) AS favorites_n,
        countIf(client_favorites > 0) AS favorited_n,
        minIf(arrayMin(likes.1), client_favorites > 0) AS first_us,
        sumMap(arrayMap(at -> intDiv(at, 900000000), likes.1), arrayWithConstant(length(likes), toUInt64(1))) AS quarter_hours,
        sumMapIf(
            arrayDistinct(tags), arrayWithConstant(length(arrayDistinct(tags)), client_favorites), client_favorites > 0) AS by_tag,
        groupUniqArrayArray(arrayFilter(client -> client != '', likes.2)) AS clients,
        groupArraySorted(10)((-toInt64(score), media_id, collection_id)) AS best
    FROM scored
    GROUP BY collection_id
),
altogether AS
(
    SELECT
        groupArray((
            w.collection_id, w.rows_n, w.starred_n, w.favorites_n, w.favorited_n, c.photos_n, p.published_us,
            w.first_us)) AS collections,
        groupArrayArray(w.best) AS best,
        sumMap(w.quarter_hours.1, w.quarter_hours.2) AS quarter_hours,
        sumMap(w.by_tag.1, w.by_tag.2) AS by_tag,
        sumMap(w.clients, arrayWithConstant(length(w.clients), toUInt64(1))) AS clients
    FROM within AS w
    LEFT JOIN catalogued AS c ON c.catalogued_id = w.collection_id
    LEFT JOIN published AS p ON p.published_id = w.collection_id
)
SELECT
    arraySort(collections)::Array(Tuple(
        collection_id UInt64, rows_n UInt64, starred_n UInt64, favorites_n UInt64, favorited_n UInt64, photos_n UInt64,
        published_us Nullable(Int64), first_favorite_us Int64)) AS collections,
    arrayMap(b -> (b.2, -b.1), arraySlice(arraySort(best), 1, 10))::Array(Tuple(media_id UInt64, score UInt64)) AS popular,
    arrayZip(quarter_hours.1, quarter_hours.2)::Array(Tuple(quarter_hour Int64, favorites_n UInt64)) AS by_quarter_hour,
    arraySort(t -> (-toInt64(t.2), t.1), arrayZip(by_tag.1, by_tag.2))::Array(Tuple(tag String, favorites_n UInt64)) AS by_tag,
    arrayCount(collections_n -> collections_n >= 2, clients.2) AS repeat_clients
FROM altogether
