-- Completed deliveries by the quarter of an hour of their request (rule 108).
SELECT toUnixTimestamp64Micro(requested_at) - toUnixTimestamp64Micro(requested_at) % 900000000 AS at_us, count() AS value_n
FROM deliveries FINAL
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
  AND day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
  AND toUnixTimestamp64Micro(requested_at) >= {from:Int64} AND toUnixTimestamp64Micro(requested_at) < {to:Int64}
  AND filter_reason = '' AND completed_at IS NOT NULL
  AND media_kind = if({metric:String} = 'video_deliveries', 'video', 'photo')
GROUP BY at_us
ORDER BY at_us
