-- Current favourites by the quarter of an hour in which they were set (rule 108).
SELECT a_us - a_us % 900000000 AS at_us, count() AS value_n
FROM
(
    SELECT toUnixTimestamp64Micro(a.at) AS a_us
    FROM
    (
        SELECT list_id, media_id, max(added) AS a, max(removed) AS r
        FROM favorites
        WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
        GROUP BY list_id, media_id
    )
    WHERE a_us > 0 AND (a.at, a.event_id) > (r.at, r.event_id) AND a_us >= {from:Int64} AND a_us < {to:Int64}
)
GROUP BY at_us
ORDER BY at_us
