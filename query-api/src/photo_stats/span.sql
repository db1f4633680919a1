SELECT
    toUnixTimestamp64Micro(min(requested_at)) AS first_at,
    toUnixTimestamp64Micro(max(requested_at)) AS last_at
FROM delivery
WHERE is_counted
HAVING count() > 0
