-- Whom to write to, and about what (rules 120 to 124). Tuples are aggregated before they are read.
WITH
erased AS (SELECT client_hash FROM erasures WHERE account_id = {account:UInt64}),
named AS
(
    SELECT collection_id AS named_id, name, toUnixTimestamp64Micro(published_at) AS named_published_us
    FROM collections FINAL
    WHERE account_id = {account:UInt64}
),
-- Share links that are active (rule 75), with what came of them.
link_latest AS
(
    SELECT collection_id, link_id, max(created) AS c, max(terms) AS t, min(revoked_at) AS revoked
    FROM share_links
    WHERE account_id = {account:UInt64}
    GROUP BY collection_id, link_id
),
link_used AS
(
    SELECT
        collection_id AS used_collection, link_id AS used_id,
        sum(opens) AS opens_n, sum(attempts) AS attempts_n, sum(downloads) AS downloads_n, sum(link_previews) AS link_previews_n
    FROM link_daily FINAL
    WHERE account_id = {account:UInt64}
    GROUP BY collection_id, link_id
),
link AS
(
    SELECT
        l.collection_id AS collection_id, l.link_id AS link_id,
        l.c.client_id AS client_id, l.c.identified_by AS identified_by, l.c.media_id AS media_id,
        toUnixTimestamp64Micro(l.c.at) AS created_us,
        l.t.expires_at AS expires_us,
        u.opens_n AS opens_n, u.attempts_n AS attempts_n, u.downloads_n AS downloads_n, u.link_previews_n AS link_previews_n
    FROM link_latest AS l
    LEFT JOIN link_used AS u ON u.used_collection = l.collection_id AND u.used_id = l.link_id
    WHERE created_us > 0
      AND toUnixTimestamp64Micro(l.revoked) >= 10413705600000000
      AND (l.t.expires_at = -1 OR l.t.expires_at > {as_of:Int64})
      AND NOT ifNull(u.opens_n >= JSONExtract(l.t.permissions, 'max_opens', 'Nullable(UInt64)'), 0)
      AND NOT ifNull(u.downloads_n >= JSONExtract(l.t.permissions, 'max_downloads', 'Nullable(UInt64)'), 0)
),
-- What each known client did in each collection, ever.
person AS
(
    SELECT
        collection_id, client_id,
        argMax(toString(identified_by), (last_at, toString(identified_by))) AS known_by,
        sum(visits) AS visits_n, sum(views) AS views_n, sum(plays) AS plays_n, sum(opens) AS opens_n,
        toUnixTimestamp64Micro(max(last_at)) AS last_us
    FROM identity_daily FINAL
    WHERE account_id = {account:UInt64}
      AND attempts + visits + views + plays + opens + favorites_added + favorites_removed > 0
    GROUP BY collection_id, client_id
),
action AS
(
    SELECT
        collection_id, client_id, toString(identified_by) AS known_by, media_set,
        toString(rendition) AS rendition_text, toString(kind) AS kind_text,
        toString(download_id) AS download_text,
        toUnixTimestamp64Micro(requested_at) AS requested_us,
        toUnixTimestamp64Micro(last_activity_at) AS active_us,
        photos + videos AS media_n, delivered_bytes, size_bytes,
        multiIf(
            completed_at IS NOT NULL, 'completed',
            active_us + 1800000000 <= {as_of:Int64}, toString(idle_status),
            toString(active_status)) AS status
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND has_request AND filter_reason = '' AND client_id != ''
      AND NOT startsWith(client_id, 'cl_erased_') AND xxh3_128(client_id) NOT IN (SELECT client_hash FROM erased)
),
tried AS
(
    SELECT collection_id AS tried_collection, client_id AS tried_client, countIf(status != 'abandoned') AS tries_n
    FROM action
    GROUP BY collection_id, client_id
),
broken AS
(
    SELECT
        collection_id, client_id, rendition_text,
        count() AS attempts_n,
        argMax((status, known_by, download_text, kind_text, media_n, delivered_bytes, active_us), (requested_us, download_text)) AS latest,
        -- In a tuple of its own, because argMax passes over nulls.
        argMax(tuple(size_bytes), (requested_us, download_text)) AS latest_size
    FROM action
    GROUP BY collection_id, client_id, media_set, rendition_text
    HAVING countIf(status = 'completed') = 0 AND latest.1 IN ('partial', 'failed')
),
favorite AS
(
    SELECT
        collection_id, list_id, a, r,
        greatest(toUnixTimestamp64Micro(a.at), toUnixTimestamp64Micro(r.at), toUnixTimestamp64Micro(n.at)) AS touched_us,
        toUnixTimestamp64Micro(a.at) > 0 AND (a.at, a.event_id) > (r.at, r.event_id) AS is_current,
        is_current AND a.client_id != '' AND NOT startsWith(a.client_id, 'cl_erased_')
            AND xxh3_128(a.client_id) NOT IN (SELECT client_hash FROM erased) AS is_of_client
    FROM
    (
        SELECT collection_id, list_id, media_id, max(added) AS a, max(removed) AS r, max(noted) AS n
        FROM favorites
        WHERE account_id = {account:UInt64}
        GROUP BY collection_id, list_id, media_id
    )
),
chosen AS
(
    SELECT
        collection_id, list_id,
        countIf(is_current) AS favorites_n,
        argMaxIf((a.client_id, a.identified_by), (a.at, a.event_id), is_of_client) AS who,
        max(touched_us) AS touched
    FROM favorite
    GROUP BY collection_id, list_id
    HAVING countIf(is_of_client) > 0
),
list_state AS
(
    SELECT
        collection_id AS state_collection, list_id AS state_list,
        max(state) AS s, max(submitted) AS b, max(reopened) AS o
    FROM favorite_lists
    WHERE account_id = {account:UInt64}
    GROUP BY collection_id, list_id
),
list AS
(
    SELECT
        c.collection_id AS collection_id, c.list_id AS list_id, c.who.1 AS client_id, c.who.2 AS identified_by,
        c.favorites_n AS favorites_n,
        if(toUnixTimestamp64Micro(l.s.at) > 0, l.s.name, NULL) AS list_name,
        if(toUnixTimestamp64Micro(l.s.at) > 0 AND l.s.max_selections >= 0, l.s.max_selections, NULL) AS max_selections,
        greatest(c.touched, toUnixTimestamp64Micro(l.s.at), toUnixTimestamp64Micro(l.b.at), toUnixTimestamp64Micro(l.o.at)) AS changed_us
    FROM chosen AS c
    LEFT JOIN list_state AS l ON l.state_collection = c.collection_id AND l.state_list = c.list_id
    -- Rule 85.
    WHERE NOT l.b > l.o
),
-- Every segment in the same columns; `subject` tells rows of a segment and collection apart.
every AS
(
    SELECT
        'not_opened' AS segment, 'link_never_opened' AS reason, link_id AS subject, collection_id, client_id, identified_by,
        created_us AS since_us, created_us + 604800000000 AS due_us,
        tuple(media_id, opens_n, downloads_n, link_previews_n, expires_us) AS of_link,
        tuple(toUInt64(0), CAST(NULL AS Nullable(String)), CAST(NULL AS Nullable(Int64))) AS of_list,
        tuple('', '', '', toUInt64(0), toUInt64(0), toUInt64(0), CAST(NULL AS Nullable(UInt64))) AS of_download,
        tuple(toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0)) AS of_visits
    FROM link
    WHERE opens_n = 0 AND attempts_n = 0
    UNION ALL
    SELECT
        'link_expiring', 'link_expires_soon', link_id, collection_id, client_id, identified_by,
        created_us, greatest(created_us, expires_us - 604800000000),
        tuple(media_id, opens_n, downloads_n, link_previews_n, expires_us),
        tuple(toUInt64(0), CAST(NULL AS Nullable(String)), CAST(NULL AS Nullable(Int64))),
        tuple('', '', '', toUInt64(0), toUInt64(0), toUInt64(0), CAST(NULL AS Nullable(UInt64))),
        tuple(toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0))
    FROM link
    WHERE expires_us != -1
    UNION ALL
    SELECT
        'not_opened', 'collection_never_visited', '', n.named_id, '', '',
        coalesce(n.named_published_us, u.upserted_us) AS published_us, published_us + 604800000000,
        tuple(toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0), toInt64(-1)),
        tuple(toUInt64(0), CAST(NULL AS Nullable(String)), CAST(NULL AS Nullable(Int64))),
        tuple('', '', '', toUInt64(0), toUInt64(0), toUInt64(0), CAST(NULL AS Nullable(UInt64))),
        tuple(toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0))
    FROM named AS n
    INNER JOIN
    (
        SELECT collection_id AS upserted_id, toUnixTimestamp64Micro(min(first_upserted_at)) AS upserted_us
        FROM collection_first_upserts
        WHERE account_id = {account:UInt64}
        GROUP BY collection_id
    ) AS u ON u.upserted_id = n.named_id
    WHERE n.named_id NOT IN (SELECT collection_id FROM person)
    UNION ALL
    SELECT
        'opened_not_downloaded', 'opened_without_downloading', p.client_id, p.collection_id, p.client_id, p.known_by,
        p.last_us, p.last_us + 172800000000,
        tuple(toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0), toInt64(-1)),
        tuple(toUInt64(0), CAST(NULL AS Nullable(String)), CAST(NULL AS Nullable(Int64))),
        tuple('', '', '', toUInt64(0), toUInt64(0), toUInt64(0), CAST(NULL AS Nullable(UInt64))),
        tuple(p.visits_n, p.views_n, p.plays_n, p.opens_n)
    FROM person AS p
    LEFT JOIN tried AS t ON t.tried_collection = p.collection_id AND t.tried_client = p.client_id
    WHERE p.client_id != '' AND t.tries_n = 0 AND p.visits_n + p.views_n + p.plays_n + p.opens_n > 0
      AND NOT startsWith(p.client_id, 'cl_erased_') AND xxh3_128(p.client_id) NOT IN (SELECT client_hash FROM erased)
    UNION ALL
    SELECT
        'partial', concat('download_', latest.1), latest.3, collection_id, client_id, latest.2,
        latest.7, latest.7 + 1800000000,
        tuple(toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0), toInt64(-1)),
        tuple(toUInt64(0), CAST(NULL AS Nullable(String)), CAST(NULL AS Nullable(Int64))),
        tuple(latest.3, latest.4, rendition_text, toUInt64(latest.5), attempts_n, latest.6, latest_size.1),
        tuple(toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0))
    FROM broken
    UNION ALL
    SELECT
        'favorites_unsubmitted', 'list_not_submitted', list_id, collection_id, client_id, identified_by,
        changed_us, changed_us + 172800000000,
        tuple(toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0), toInt64(-1)),
        tuple(favorites_n, list_name, max_selections),
        tuple('', '', '', toUInt64(0), toUInt64(0), toUInt64(0), CAST(NULL AS Nullable(UInt64))),
        tuple(toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0))
    FROM list
),
follow_up AS
(
    SELECT *
    FROM every
    WHERE due_us <= {as_of:Int64}
      AND (empty({segments:Array(String)}) OR segment IN {segments:Array(String)})
      AND since_us >= {from:Int64} AND since_us < {to:Int64}
      AND (empty({clients:Array(String)}) OR client_id IN {clients:Array(String)}
          OR xxh3_128(client_id) IN {client_hashes:Array(UInt128)})
)
