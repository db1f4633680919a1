-- Of how many partitions the topic has been, and since when each count is known; nothing while no projector has seen it.
SELECT partitions, toUnixTimestamp64Micro(min(seen_at)) AS seen_us
FROM partition_counts
GROUP BY partitions
ORDER BY partitions
