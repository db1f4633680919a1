SELECT countIf(media_kind = 'photo') AS photos, countIf(media_kind = 'video') AS videos
FROM deliveries FINAL
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND completed_at IS NOT NULL
  AND day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
  AND download_id IN (SELECT download_id FROM action WHERE filter_reason = '')
