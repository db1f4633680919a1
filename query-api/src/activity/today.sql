-- What the collection's visitors did today, UTC.
SELECT sum(visits) AS visits_n, sum(views) AS views_n, sum(plays) AS plays_n, sum(opens) AS opens_n
FROM collection_quarter_hourly FINAL
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
  AND toDate(quarter_hour) = toDate(fromUnixTimestamp64Micro({as_of:Int64}, 'UTC'))
