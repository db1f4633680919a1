-- Unique downloads by the quarter of an hour of the first download of each key (rule 108).
SELECT first_us - first_us % 900000000 AS at_us, count() AS value_n
FROM
(
    SELECT min(toUnixTimestamp64Micro(requested_at)) AS first_us
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND toUnixTimestamp64Micro(requested_at) >= {from:Int64} AND toUnixTimestamp64Micro(requested_at) < {to:Int64}
      AND has_request AND filter_reason = '' AND completed_at IS NOT NULL
    GROUP BY identity, media_set, rendition, day
)
GROUP BY at_us
ORDER BY at_us
