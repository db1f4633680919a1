-- Events of the collection in the order of its log, after one offset and before another, at most a batch of them.
SELECT log_offset, type, base64Encode(payload) AS payload_text
FROM events FINAL
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
  AND log_offset > {after:Int64} AND log_offset < {before:Int64}
ORDER BY log_offset
LIMIT {limit:UInt64}
