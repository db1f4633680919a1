-- When the next download that is not complete becomes idle, of the collection or of the whole account (rule 6).
SELECT min(toUnixTimestamp64Micro(last_activity_at)) + 1800000000 AS changes_us
FROM downloads FINAL
WHERE account_id = {account:UInt64} AND (empty({collections:Array(UInt64)}) OR collection_id IN {collections:Array(UInt64)})
  AND completed_at IS NULL AND toUnixTimestamp64Micro(last_activity_at) + 1800000000 > {as_of:Int64}
HAVING count() > 0
