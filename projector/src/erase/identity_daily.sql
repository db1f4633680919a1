-- The client's own rows, which were copied.
ALTER TABLE identity_daily
DELETE WHERE account_id = {account:UInt64} AND SHA256(client_id) = unhex({client:String})
