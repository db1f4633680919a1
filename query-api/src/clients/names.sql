SELECT client_id, email, name
FROM clients FINAL
WHERE account_id = {account:UInt64} AND client_id IN {client_ids:Array(String)}
