-- The visitor under the identity that was erased, who was copied.
ALTER TABLE link_visitors
DELETE WHERE account_id = {account:UInt64} AND identity = {identity:UInt128}
