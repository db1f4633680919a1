-- How much of each video that was not received whole has arrived?
SELECT
    download_id,
    media_id,
    delivered_bytes,
    size_bytes,
    status
FROM loupe.deliveries
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
  AND media_kind = 'video' AND is_attempt AND NOT is_counted
ORDER BY requested_at DESC, download_id DESC, media_id DESC
