-- A favourite keeps when and what; who becomes the id in their place.
ALTER TABLE favorites
UPDATE added = tuple(added.at, added.event_id, {place:String}, added.identified_by, added.media_kind)
WHERE account_id = {account:UInt64} AND SHA256(added.client_id) = unhex({client:String})
