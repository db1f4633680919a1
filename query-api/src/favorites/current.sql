-- Current favourites (rule 82) of some collections, of the whole account when none is named. Tuples are aggregated before
-- they are read.
WITH
current_favorite AS
(
    SELECT
        collection_id, list_id, media_id,
        a.client_id AS client_id,
        a.media_kind AS favorite_kind,
        toUnixTimestamp64Micro(a.at) AS at_us
    FROM
    (
        SELECT collection_id, list_id, media_id, max(added) AS a, max(removed) AS r
        FROM favorites
        WHERE account_id = {account:UInt64} AND (empty({collections:Array(UInt64)}) OR collection_id IN {collections:Array(UInt64)})
        GROUP BY collection_id, list_id, media_id
    )
    WHERE at_us > 0 AND (a.at, a.event_id) > (r.at, r.event_id)
)
