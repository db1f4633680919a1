-- The favourites of a query (rules 82 and 83). Tuples are aggregated before they are read.
WITH
medium AS
(
    SELECT media_id, gallery_id, filename
    FROM media FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
),
latest AS
(
    SELECT list_id, media_id, max(added) AS a, max(removed) AS r, max(noted) AS n
    FROM favorites
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
    GROUP BY list_id, media_id
),
every AS
(
    SELECT
        list_id,
        media_id,
        toUnixTimestamp64Micro(a.at) AS added_us,
        toUnixTimestamp64Micro(r.at) AS removed_us,
        a.client_id AS client_id,
        a.identified_by AS identified_by,
        a.media_kind AS media_kind,
        n.note AS note,
        a.event_id AS added_event_id,
        (a.at, a.event_id) > (r.at, r.event_id) AS is_current
    FROM latest
    WHERE toUnixTimestamp64Micro(a.at) > 0
),
favorite AS
(
    SELECT e.*, m.media_id != 0 AS is_known, m.gallery_id AS gallery_id, m.filename AS filename
    FROM every AS e
    LEFT JOIN medium AS m ON m.media_id = e.media_id
    WHERE ({state_all:Bool} OR e.is_current)
      AND e.added_us >= {from:Int64} AND e.added_us < {to:Int64}
      AND (empty({clients:Array(String)}) OR e.client_id IN {clients:Array(String)}
          OR xxh3_128(e.client_id) IN {client_hashes:Array(UInt128)})
      AND (empty({media:Array(UInt64)}) OR e.media_id IN {media:Array(UInt64)})
      AND (empty({galleries:Array(UInt64)}) OR (m.media_id != 0 AND m.gallery_id IN {galleries:Array(UInt64)}))
)
