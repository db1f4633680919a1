-- What a client did in a collection (rule 111). Tuples are aggregated before they are read.
WITH
liked AS
(
    SELECT list_id, media_id, max(added) AS a, max(removed) AS r
    FROM favorites
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
    GROUP BY list_id, media_id
    HAVING toUnixTimestamp64Micro(a.at) > 0
       AND (a.client_id IN {clients:Array(String)} OR xxh3_128(a.client_id) IN {client_hashes:Array(UInt128)})
),
entry AS
(
    SELECT
        toUnixTimestamp64Micro(last_at) AS at_us, 'looked' AS type, concat(toString(day), hex(identity)) AS id, toUInt64(0) AS media,
        '' AS kind, '' AS status, client_id, toString(identified_by) AS known_by,
        visits AS visits_n, views AS views_n, plays AS plays_n, opens AS opens_n
    FROM identity_daily FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND (client_id IN {clients:Array(String)} OR xxh3_128(client_id) IN {client_hashes:Array(UInt128)})
      AND visits + views + plays + opens > 0
    UNION ALL
    SELECT
        toUnixTimestamp64Micro(requested_at), 'downloaded', toString(download_id), if(length(media_ids) = 1, media_ids[1], 0),
        toString(downloads.kind),
        multiIf(
            completed_at IS NOT NULL, 'completed',
            toUnixTimestamp64Micro(last_activity_at) + 1800000000 <= {as_of:Int64}, toString(idle_status),
            toString(active_status)),
        client_id, toString(identified_by), 0, 0, 0, 0
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND (client_id IN {clients:Array(String)} OR xxh3_128(client_id) IN {client_hashes:Array(UInt128)})
      AND has_request AND filter_reason = ''
    UNION ALL
    SELECT
        toUnixTimestamp64Micro(a.at), 'favorited', list_id, media_id, a.media_kind, '', a.client_id, a.identified_by, 0, 0, 0, 0
    FROM liked
    UNION ALL
    SELECT
        toUnixTimestamp64Micro(r.at), 'unfavorited', list_id, media_id, a.media_kind, '', a.client_id, a.identified_by, 0, 0, 0, 0
    FROM liked
    WHERE (r.at, r.event_id) > (a.at, a.event_id)
    UNION ALL
    SELECT
        toUnixTimestamp64Micro(c.at), 'shared', link_id, c.media_id, '', '', c.client_id, c.identified_by, 0, 0, 0, 0
    FROM
    (
        SELECT link_id, max(created) AS c
        FROM share_links
        WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
        GROUP BY link_id
    )
    WHERE toUnixTimestamp64Micro(c.at) > 0
      AND (c.client_id IN {clients:Array(String)} OR xxh3_128(c.client_id) IN {client_hashes:Array(UInt128)})
),
selected AS
(
    SELECT * FROM entry WHERE at_us >= {from:Int64} AND at_us < {to:Int64}
)
