-- The next action within 24 h of the same identity, kind, media set and rendition, whatever the filters (rule 53).
WITH
candidate AS
(
    SELECT download_id, toString(download_id) AS id, toUnixTimestamp64Micro(requested_at) AS at, identity, kind, media_set, rendition
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND has_request
      AND day BETWEEN toDate(fromUnixTimestamp64Micro({ids_from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({ids_to:Int64}, 'UTC')) + 1
)
SELECT failed.id AS failed_id, argMin(next.id, (next.at, next.id)) AS retried_as
FROM (SELECT * FROM candidate WHERE download_id IN {download_ids:Array(UUID)}) AS failed
INNER JOIN candidate AS next USING (identity, kind, media_set, rendition)
WHERE (next.at, next.id) > (failed.at, failed.id) AND next.at <= failed.at + 86400000000
GROUP BY failed_id
