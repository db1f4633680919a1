SELECT
    toString(download_id) AS download_text,
    arrayMap(at -> toUnixTimestamp64Micro(at), history_at) AS at,
    history_range_start AS range_start,
    history_range_end AS range_end,
    history_body_bytes AS body_bytes,
    history_http_status AS http_status,
    arrayMap(reason -> toString(reason), history_end_reason) AS end_reason
FROM downloads FINAL
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
  AND day BETWEEN toDate(fromUnixTimestamp64Micro({ids_from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({ids_to:Int64}, 'UTC'))
  AND download_id IN {download_ids:Array(UUID)}
