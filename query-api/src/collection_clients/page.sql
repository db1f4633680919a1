SELECT
    toInt64(multiIf(
        {sort:String} = 'first_at', first_us,
        {sort:String} = 'visits', toInt64(visits_n),
        {sort:String} = 'views', toInt64(views_n),
        {sort:String} = 'favorites', toInt64(favorites_n),
        {sort:String} = 'attempts', toInt64(attempts_n),
        {sort:String} = 'downloads', toInt64(downloads_n),
        last_us)) AS sort_at,
    -- A cursor must not hold the id of an erased client.
    hex(xxh3_128(client_id)) AS sort_id,
    toUInt64(0) AS sort_number,
    client_id, known_by, first_us, last_us, visits_n, views_n, plays_n, opens_n, favorites_n, attempts_n, downloads_n,
    unique_downloads_n, deliveries_n
FROM client
