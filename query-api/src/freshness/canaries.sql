-- When the last canary of each partition was published that is projected.
SELECT toString(topic) AS topic, partition, toUnixTimestamp64Micro(max(published_at)) AS published_at
FROM canaries
GROUP BY topic, partition
