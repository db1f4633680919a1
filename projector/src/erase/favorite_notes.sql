-- A note is the person's when its event was: by now the events of all erased clients are replaced.
ALTER TABLE favorites
UPDATE noted = tuple(noted.at, noted.event_id, '')
WHERE account_id = {account:UInt64} AND noted.note != '' AND noted.event_id IN (
    SELECT toUInt128(event_id) FROM events
    WHERE account_id = {account:UInt64} AND version > 0 AND type IN ('FavoriteAdded', 'FavoriteNoted')
)
