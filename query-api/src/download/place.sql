-- The collection of a download that was asked for, by the day inside its id (rule 1).
SELECT collection_id
FROM downloads FINAL
WHERE account_id = {account:UInt64} AND day = toDate(UUIDv7ToDateTime({download:UUID}, 'UTC')) AND download_id = {download:UUID}
  AND has_request
LIMIT 1
