-- Events of the collection in the order of its log, after one offset and before another, at most a batch of them. An offset
-- does not name its partition: what happened before `since` lies where the collection lay before.
SELECT log_offset, type, base64Encode(payload) AS payload_text
FROM events FINAL
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
  AND log_offset > {after:Int64} AND log_offset < {before:Int64}
  AND occurred_at >= fromUnixTimestamp64Micro({since:Int64}, 'UTC')
ORDER BY log_offset
LIMIT {limit:UInt64}
