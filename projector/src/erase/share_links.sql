-- A link keeps how it came to be; who made it becomes the id in their place.
ALTER TABLE share_links
UPDATE created = tuple(
    created.at, created.event_id, created.media_id, created.url, {place:String}, created.identified_by)
WHERE account_id = {account:UInt64} AND SHA256(created.client_id) = unhex({client:String})
