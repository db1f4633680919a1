-- A metric of the collection by quarter of an hour, where it is not 0 (rule 108).
SELECT
    toUnixTimestamp64Micro(quarter_hour) AS at_us,
    sum(multiIf(
        {metric:String} = 'attempts', attempts,
        {metric:String} = 'downloads', downloads,
        {metric:String} = 'photo_downloads', if(kind = 'photo', downloads, 0),
        {metric:String} = 'video_downloads', if(kind = 'video', downloads, 0),
        {metric:String} = 'archive_downloads', if(kind = 'archive', downloads, 0),
        {metric:String} = 'transferred_bytes', transferred_bytes,
        {metric:String} = 'visits', visits,
        {metric:String} = 'views', views,
        {metric:String} = 'plays', plays,
        {metric:String} = 'link_opens', opens,
        {metric:String} = 'favorites_added', favorites_added,
        {metric:String} = 'favorites_removed', favorites_removed,
        0)) AS value_n
FROM collection_quarter_hourly FINAL
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
  AND quarter_hour >= fromUnixTimestamp64Micro({from:Int64}, 'UTC') AND quarter_hour < fromUnixTimestamp64Micro({to:Int64}, 'UTC')
GROUP BY at_us
HAVING value_n > 0
ORDER BY at_us
