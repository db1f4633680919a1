-- The collection, when the client of the path did something in it (rule 111).
SELECT collection_id
FROM
(
    SELECT collection_id FROM identity_daily FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND attempts + visits + views + plays + opens + favorites_added + favorites_removed > 0
      AND (client_id IN {clients:Array(String)} OR xxh3_128(client_id) IN {client_hashes:Array(UInt128)})
    UNION ALL
    SELECT collection_id
    FROM
    (
        SELECT collection_id, max(created) AS c
        FROM share_links
        WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
        GROUP BY collection_id, link_id
    )
    WHERE c.client_id IN {clients:Array(String)} OR xxh3_128(c.client_id) IN {client_hashes:Array(UInt128)}
)
LIMIT 1
