SELECT
    multiIf(
        {sort:String} = 'name', toInt64(0),
        {sort:String} = 'attempts', toInt64(attempts_n),
        {sort:String} = 'unique_downloads', toInt64(unique_downloads_n),
        {sort:String} = 'transferred_bytes', toInt64(transferred_bytes_n),
        {sort:String} = 'views', toInt64(views_n),
        {sort:String} = 'visits', toInt64(visits_n),
        {sort:String} = 'link_opens', toInt64(opens_n),
        {sort:String} = 'favorites', toInt64(favorites_n),
        {sort:String} = 'clients', toInt64(clients_n),
        {sort:String} = 'last_activity_at', ifNull(last_us, toInt64(0)),
        {sort:String} = 'published_at', ifNull(published_us, toInt64(0)),
        toInt64(downloads_n)) AS sort_at,
    if({sort:String} = 'name', ifNull(collection_name, ''), '') AS sort_id,
    collection_id AS sort_number,
    figure.*
FROM figure
