-- Bytes without an action, which count only when nothing but from and to is given (rule 67).
WITH
intDiv({from:Int64} + 899999999, 900000000) * 900000000 AS whole_from_us,
intDiv({to:Int64}, 900000000) * 900000000 AS whole_to_us
SELECT sum(unattributed) AS unattributed_bytes, sum(filtered) AS filtered_bytes
FROM
(
    SELECT transferred_bytes AS unattributed, downloads.filtered_bytes AS filtered
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND NOT has_request
      AND day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND toUnixTimestamp64Micro(requested_at) >= {from:Int64} AND toUnixTimestamp64Micro(requested_at) < {to:Int64}
    UNION ALL
    -- Segments without a download (rule 28) by whole quarters of an hour, which outlive the events.
    SELECT toUInt64(0) AS unattributed, collection_quarter_hourly.filtered_bytes AS filtered
    FROM collection_quarter_hourly FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND kind = ''
      AND quarter_hour >= fromUnixTimestamp64Micro(whole_from_us, 'UTC') AND quarter_hour < fromUnixTimestamp64Micro(whole_to_us, 'UTC')
    UNION ALL
    -- The same in the quarters that a bound cuts.
    SELECT toUInt64(0) AS unattributed, unattached_bytes AS filtered
    FROM events FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND unattached_bytes > 0
      AND slice_day IN (toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')), toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC')))
      AND toUnixTimestamp64Micro(occurred_at) >= {from:Int64} AND toUnixTimestamp64Micro(occurred_at) < {to:Int64}
      AND (toUnixTimestamp64Micro(occurred_at) < whole_from_us OR toUnixTimestamp64Micro(occurred_at) >= whole_to_us)
)
