-- Every state of the client, and the order to erase.
ALTER TABLE clients
DELETE WHERE account_id = {account:UInt64} AND SHA256(client_id) = unhex({client:String})
