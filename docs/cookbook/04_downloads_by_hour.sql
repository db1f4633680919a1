-- At which hours of the day, where the photographer lives, do guests download?
SELECT toHour(quarter_hour, {timezone:String}) AS hour, sum(downloads) AS downloads
FROM loupe.collection_quarter_hours
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
GROUP BY hour
HAVING downloads > 0
ORDER BY hour
