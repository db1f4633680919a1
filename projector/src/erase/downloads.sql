-- Rows of an earlier generation are outranked; those of days whose events are not kept any more have nothing else.
ALTER TABLE downloads
UPDATE client_id = {place:String}, identity = {place_identity:UInt128}
WHERE account_id = {account:UInt64} AND SHA256(client_id) = unhex({client:String})
