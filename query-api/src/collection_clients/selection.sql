-- The clients of a collection, and all anonymous actors together, with what they did in the period (rule 110).
, deed AS
(
    SELECT
        client_id AS who,
        sum(visits) AS visits_n, sum(views) AS views_n, sum(plays) AS plays_n, sum(opens) AS opens_n,
        toUnixTimestamp64Micro(min(first_at)) AS first_us,
        toUnixTimestamp64Micro(max(last_at)) AS last_us,
        toString(argMax(identified_by, last_at)) AS known_by
    FROM identity_daily FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND attempts + visits + views + plays + opens + favorites_added + favorites_removed > 0
      AND (empty({clients:Array(String)}) OR client_id IN {clients:Array(String)}
          OR xxh3_128(client_id) IN {client_hashes:Array(UInt128)})
    GROUP BY who
),
asked AS
(
    SELECT
        client_id AS asked_by,
        count() AS attempts_n,
        countIf(completed_at IS NOT NULL) AS downloads_n,
        uniqExactIf((identity, media_set, rendition, day), completed_at IS NOT NULL) AS unique_downloads_n
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND has_request AND filter_reason = ''
    GROUP BY asked_by
),
received AS
(
    SELECT client_id AS received_by, count() AS deliveries_n
    FROM deliveries FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND filter_reason = '' AND completed_at IS NOT NULL
    GROUP BY received_by
),
liked AS
(
    SELECT client_id AS liked_by, count() AS favorites_n
    FROM current_favorite
    WHERE at_us >= {from:Int64} AND at_us < {to:Int64}
    GROUP BY client_id
),
client AS
(
    SELECT
        d.who AS client_id, d.known_by AS known_by, d.first_us AS first_us, d.last_us AS last_us,
        d.visits_n AS visits_n, d.views_n AS views_n, d.plays_n AS plays_n, d.opens_n AS opens_n,
        l.favorites_n AS favorites_n, a.attempts_n AS attempts_n, a.downloads_n AS downloads_n,
        a.unique_downloads_n AS unique_downloads_n, r.deliveries_n AS deliveries_n
    FROM deed AS d
    LEFT JOIN asked AS a ON a.asked_by = d.who
    LEFT JOIN received AS r ON r.received_by = d.who
    LEFT JOIN liked AS l ON l.liked_by = d.who
)
