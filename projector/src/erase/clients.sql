-- Every state of the client, and the order to erase; but not one that came while this one was done.
ALTER TABLE clients
DELETE WHERE account_id = {account:UInt64} AND SHA256(client_id) = unhex({client:String}) AND version <= {version:UInt256}
