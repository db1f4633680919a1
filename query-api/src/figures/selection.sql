-- The figures of every collection of an account in whole UTC days (rules 114 and 115), or of just some collections.
, named AS
(
    SELECT collection_id AS named_id, name
    FROM collections FINAL
    WHERE account_id = {account:UInt64}
),
-- Rule 102.
known AS
(
    SELECT DISTINCT collection_id AS known_id
    FROM
    (
        SELECT DISTINCT collection_id FROM events WHERE account_id = {account:UInt64}
        UNION ALL SELECT collection_id FROM collections WHERE account_id = {account:UInt64}
        UNION ALL SELECT collection_id FROM collection_first_upserts WHERE account_id = {account:UInt64}
        UNION ALL SELECT collection_id FROM galleries WHERE account_id = {account:UInt64}
        UNION ALL SELECT collection_id FROM media WHERE account_id = {account:UInt64}
        UNION ALL SELECT collection_id FROM downloads WHERE account_id = {account:UInt64}
        UNION ALL SELECT collection_id FROM favorites WHERE account_id = {account:UInt64}
        UNION ALL SELECT collection_id FROM favorite_lists WHERE account_id = {account:UInt64}
        UNION ALL SELECT collection_id FROM stars WHERE account_id = {account:UInt64}
        UNION ALL SELECT collection_id FROM share_links WHERE account_id = {account:UInt64}
        -- Of a collection that was only looked at, these are what is left once its events are kept no longer.
        UNION ALL SELECT DISTINCT collection_id FROM link_visitors WHERE account_id = {account:UInt64}
        UNION ALL SELECT DISTINCT collection_id FROM identity_daily WHERE account_id = {account:UInt64}
        UNION ALL SELECT DISTINCT collection_id FROM collection_quarter_hourly WHERE account_id = {account:UInt64}
        UNION ALL SELECT DISTINCT collection_id FROM link_daily WHERE account_id = {account:UInt64}
    )
    WHERE empty({collections:Array(UInt64)}) OR collection_id IN {collections:Array(UInt64)}
),
deed AS
(
    SELECT
        collection_id, client_id, visits, views, plays, opens,
        toUnixTimestamp64Micro(first_at) AS first_us,
        toUnixTimestamp64Micro(last_at) AS last_us
    FROM identity_daily FINAL
    WHERE account_id = {account:UInt64} AND (empty({collections:Array(UInt64)}) OR collection_id IN {collections:Array(UInt64)})
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      -- An identity whose request an earlier one took the place of (rule 32) has a row that counts nothing.
      AND attempts + visits + views + plays + opens + favorites_added + favorites_removed > 0
),
acted AS
(
    SELECT
        collection_id AS acted_id,
        sum(visits) AS visits_n,
        sum(views) AS views_n,
        sum(plays) AS plays_n,
        sum(opens) AS opens_n,
        uniqExactIf(client_id, client_id != '') AS clients_n,
        min(first_us) AS first_deed_us,
        max(last_us) AS last_deed_us
    FROM deed
    GROUP BY collection_id
),
asked AS
(
    SELECT
        collection_id AS asked_id,
        count() AS attempts_n,
        countIf(completed_at IS NOT NULL) AS downloads_n,
        countIf(completed_at IS NOT NULL AND kind = 'photo') AS photo_downloads_n,
        countIf(completed_at IS NOT NULL AND kind = 'video') AS video_downloads_n,
        countIf(completed_at IS NOT NULL AND kind = 'archive') AS archive_downloads_n,
        uniqExactIf((identity, media_set, rendition, day), completed_at IS NOT NULL) AS unique_downloads_n,
        sum(transferred_bytes) AS transferred_bytes_n
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND (empty({collections:Array(UInt64)}) OR collection_id IN {collections:Array(UInt64)})
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND has_request AND filter_reason = ''
    GROUP BY collection_id
),
received AS
(
    SELECT
        collection_id AS received_id,
        countIf(media_kind = 'photo') AS photos_n,
        countIf(media_kind = 'video') AS videos_n
    FROM deliveries FINAL
    WHERE account_id = {account:UInt64} AND (empty({collections:Array(UInt64)}) OR collection_id IN {collections:Array(UInt64)})
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND filter_reason = '' AND completed_at IS NOT NULL
    GROUP BY collection_id
),
liked AS
(
    SELECT collection_id AS liked_id, count() AS favorites_n
    FROM current_favorite
    WHERE at_us >= {from:Int64} AND at_us < {to:Int64}
    GROUP BY collection_id
),
figure AS
(
    SELECT
        k.known_id AS collection_id,
        if(n.named_id != 0, n.name, NULL) AS collection_name,
        p.published_us AS published_us,
        d.last_deed_us > 0 AS is_active,
        if(d.last_deed_us > 0, d.first_deed_us, NULL) AS first_us,
        if(d.last_deed_us > 0, d.last_deed_us, NULL) AS last_us,
        d.visits_n AS visits_n, d.views_n AS views_n, d.plays_n AS plays_n, d.opens_n AS opens_n,
        d.clients_n AS clients_n,
        l.favorites_n AS favorites_n,
        a.attempts_n AS attempts_n, a.downloads_n AS downloads_n, a.photo_downloads_n AS photo_downloads_n,
        a.video_downloads_n AS video_downloads_n, a.archive_downloads_n AS archive_downloads_n,
        a.unique_downloads_n AS unique_downloads_n, a.transferred_bytes_n AS transferred_bytes_n,
        r.photos_n AS photos_n, r.videos_n AS videos_n
    FROM known AS k
    LEFT JOIN named AS n ON n.named_id = k.known_id
    LEFT JOIN published AS p ON p.published_id = k.known_id
    LEFT JOIN acted AS d ON d.acted_id = k.known_id
    LEFT JOIN asked AS a ON a.asked_id = k.known_id
    LEFT JOIN received AS r ON r.received_id = k.known_id
    LEFT JOIN liked AS l ON l.liked_id = k.known_id
)
