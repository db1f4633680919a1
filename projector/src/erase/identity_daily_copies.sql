-- The client is part of the key: the same counts under the id in their place. The new generation outranks them, except on
-- days whose events are not kept any more.
INSERT INTO identity_daily
SELECT * REPLACE ({place:String} AS client_id, {place_identity:UInt128} AS identity)
FROM (
    SELECT * FROM identity_daily
    WHERE account_id = {account:UInt64} AND SHA256(client_id) = unhex({client:String})
)
