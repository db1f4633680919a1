-- Those of the collections that an event or a catalogue entry of the account names (rule 102).
SELECT DISTINCT collection_id
FROM
(
    SELECT collection_id FROM events WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)} LIMIT 1 BY collection_id
    UNION ALL SELECT collection_id FROM downloads WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)}
    UNION ALL SELECT collection_id FROM collections WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)}
    UNION ALL SELECT collection_id FROM collection_first_upserts WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)}
    UNION ALL SELECT collection_id FROM galleries WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)}
    UNION ALL SELECT collection_id FROM media WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)}
    UNION ALL SELECT collection_id FROM favorites WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)}
    UNION ALL SELECT collection_id FROM favorite_lists WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)}
    UNION ALL SELECT collection_id FROM stars WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)}
    UNION ALL SELECT collection_id FROM share_links WHERE account_id = {account:UInt64} AND collection_id IN {ids:Array(UInt64)}
)
