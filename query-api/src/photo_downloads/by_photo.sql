SELECT
    media_id,
    count() AS download_count,
    uniqExact(identity, rendition, day) AS unique_download_count,
    toUnixTimestamp64Micro(min(requested_at)) AS first_at,
    toUnixTimestamp64Micro(max(requested_at)) AS last_at
FROM delivery
WHERE is_counted
GROUP BY media_id
ORDER BY download_count DESC, media_id
LIMIT 1001
