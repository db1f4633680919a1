-- The client of the path, when a counted deed or a share link is theirs (rule 118). Tuples are aggregated before they
-- are read.
SELECT argMax(who, (at_us, known_by)) AS client_id, argMax(known_by, (at_us, known_by)) AS identified_by
FROM
(
    SELECT client_id AS who, toString(identified_by) AS known_by, toUnixTimestamp64Micro(last_at) AS at_us
    FROM identity_daily FINAL
    WHERE account_id = {account:UInt64}
      AND attempts + visits + views + plays + opens + favorites_added + favorites_removed > 0
      AND (client_id IN {clients:Array(String)} OR xxh3_128(client_id) IN {client_hashes:Array(UInt128)})
    UNION ALL
    SELECT c.client_id AS who, c.identified_by AS known_by, toUnixTimestamp64Micro(c.at) AS at_us
    FROM (SELECT max(created) AS c FROM share_links WHERE account_id = {account:UInt64} GROUP BY collection_id, link_id)
    WHERE who IN {clients:Array(String)} OR xxh3_128(who) IN {client_hashes:Array(UInt128)}
)
WHERE who != ''
HAVING count() > 0
