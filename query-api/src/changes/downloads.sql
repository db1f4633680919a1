-- When the next download of a query's time that is not complete becomes idle, of the collection or of the whole account
-- (rule 6).
SELECT min(toUnixTimestamp64Micro(last_activity_at)) + 1800000000 AS changes_us
FROM downloads FINAL
WHERE account_id = {account:UInt64} AND (empty({collections:Array(UInt64)}) OR collection_id IN {collections:Array(UInt64)})
  AND day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
  AND completed_at IS NULL AND toUnixTimestamp64Micro(last_activity_at) + 1800000000 > {as_of:Int64}
HAVING count() > 0
