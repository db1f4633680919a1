-- Bytes without an action, which count only when nothing but from and to is given (rule 67).
SELECT sum(unattributed) AS unattributed_bytes, sum(filtered) AS filtered_bytes
FROM
(
    SELECT transferred_bytes AS unattributed, downloads.filtered_bytes AS filtered
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND NOT has_request
      AND day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND toUnixTimestamp64Micro(requested_at) >= {from:Int64} AND toUnixTimestamp64Micro(requested_at) < {to:Int64}
    UNION ALL
    SELECT toUInt64(0) AS unattributed, unattached_bytes AS filtered
    FROM events FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND unattached_bytes > 0
      AND slice_day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND toUnixTimestamp64Micro(occurred_at) >= {from:Int64} AND toUnixTimestamp64Micro(occurred_at) < {to:Int64}
)
