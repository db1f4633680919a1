-- What clients of an account chose: current favourites and completed deliveries, each a deed (rule 118).
, medium AS
(
    SELECT collection_id, media_id, gallery_id, tags
    FROM media FINAL
    WHERE account_id = {account:UInt64}
),
chosen AS
(
    SELECT collection_id, media_id, client_id, at_us, 'favorite' AS deed_kind, '' AS rendition_text
    FROM current_favorite
    WHERE at_us >= {from:Int64} AND at_us < {to:Int64}
    UNION ALL
    SELECT
        collection_id, media_id, client_id,
        toUnixTimestamp64Micro(requested_at) AS at_us, 'delivery' AS deed_kind, toString(rendition) AS rendition_text
    FROM deliveries FINAL
    WHERE account_id = {account:UInt64} AND filter_reason = '' AND completed_at IS NOT NULL
      AND day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND toUnixTimestamp64Micro(requested_at) >= {from:Int64} AND toUnixTimestamp64Micro(requested_at) < {to:Int64}
),
deed AS
(
    SELECT
        c.collection_id AS collection_id, c.at_us AS at_us, c.deed_kind AS deed_kind, c.rendition_text AS rendition_text,
        c.client_id IN {clients:Array(String)} OR xxh3_128(c.client_id) IN {client_hashes:Array(UInt128)} AS is_own,
        m.media_id != 0 AS is_known,
        m.gallery_id AS gallery_id,
        m.tags AS tags
    FROM chosen AS c
    LEFT JOIN medium AS m ON m.collection_id = c.collection_id AND m.media_id = c.media_id
)
