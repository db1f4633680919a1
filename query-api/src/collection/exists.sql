-- An event or a catalogue entry of the account names the collection (rule 102).
SELECT count() > 0 AS found
FROM
(
    SELECT 1 FROM events WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM downloads WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM collections WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM collection_first_upserts WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM galleries WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM media WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM favorites WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM favorite_lists WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM stars WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM share_links WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    -- Of a collection that was only looked at, these are what is left once its events are kept no longer.
    UNION ALL SELECT 1 FROM link_visitors WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM identity_daily WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM collection_quarter_hourly WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
    UNION ALL SELECT 1 FROM link_daily WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} LIMIT 1
)
