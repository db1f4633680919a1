-- A note is the person's when its event was: by now the events of all erased clients are replaced. Of a note from before the
-- first whole day the event may be gone, and nobody knows whose it was: it goes from the person's favourites.
ALTER TABLE favorites
UPDATE noted = tuple(noted.at, noted.event_id, '')
WHERE account_id = {account:UInt64} AND noted.note != '' AND (
    noted.event_id IN (
        SELECT toUInt128(event_id) FROM events
        WHERE account_id = {account:UInt64} AND version > 0 AND type IN ('FavoriteAdded', 'FavoriteNoted')
    )
    OR (
        toDate(noted.at) < toDate({since:UInt16})
        AND (collection_id, list_id, media_id) IN (
            SELECT collection_id, list_id, media_id FROM favorites
            WHERE account_id = {account:UInt64} AND SHA256(added.client_id) = unhex({client:String})
        )
        AND noted.event_id NOT IN (
            SELECT toUInt128(event_id) FROM events
            WHERE account_id = {account:UInt64} AND type IN ('FavoriteAdded', 'FavoriteNoted')
        )
    )
)
