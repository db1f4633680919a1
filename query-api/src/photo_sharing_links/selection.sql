-- The links of a query with their usage of all time (rules 2 and 77). Tuples are aggregated before they are read.
WITH
wanted_media AS
(
    SELECT groupArray(media_id) AS ids
    FROM media FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND gallery_id IN {galleries:Array(UInt64)}
),
latest AS
(
    SELECT link_id, max(created) AS c, max(terms) AS t, min(revoked_at) AS revoked
    FROM share_links
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
    GROUP BY link_id
),
used AS
(
    SELECT
        link_id,
        sum(opens) AS opens_n,
        sum(downloads) AS downloads_n,
        sum(unique_downloads) AS unique_downloads_n,
        sum(transferred_bytes) AS transferred_bytes_n,
        sum(link_previews) AS link_previews_n,
        sum(bot_opens) AS bot_opens_n,
        sum(denied_expired) AS expired_n,
        sum(denied_bad_password) AS bad_password_n,
        sum(denied_quota) AS quota_n,
        sum(denied_revoked) AS revoked_n,
        min(first_opened_at) AS first_opened,
        max(last_opened_at) AS last_opened,
        sumMap(referrers) AS referrer_opens,
        sumMap(countries) AS country_opens
    FROM link_daily FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
    GROUP BY link_id
),
visited AS
(
    SELECT link_id, uniqExact(identity) AS visitors_n
    FROM link_visitors
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
    GROUP BY link_id
),
dated AS
(
    SELECT
        link_id,
        toUnixTimestamp64Micro(c.at) AS created_us,
        c.media_id AS photo_id,
        c.url AS url,
        c.client_id AS client_id,
        c.identified_by AS identified_by,
        t.expires_at AS expires_us,
        t.permissions AS permissions,
        toUnixTimestamp64Micro(revoked) AS revoked_us,
        JSONExtract(t.permissions, 'max_opens', 'Nullable(UInt64)') AS max_opens,
        JSONExtract(t.permissions, 'max_downloads', 'Nullable(UInt64)') AS max_downloads
    FROM latest
),
link AS
(
    SELECT
        d.link_id AS link_id, d.created_us AS created_us, d.photo_id AS photo_id, d.url AS url,
        d.client_id AS client_id, d.identified_by AS identified_by, d.expires_us AS expires_us,
        d.permissions AS permissions, d.revoked_us AS revoked_us, d.max_opens AS max_opens,
        d.max_downloads AS max_downloads,
        u.* EXCEPT (link_id),
        v.visitors_n AS visitors_n,
        -- Rule 75.
        multiIf(
            d.revoked_us < 10413705600000000, 'revoked',
            d.expires_us != -1 AND d.expires_us <= {as_of:Int64}, 'expired',
            ifNull(u.opens_n >= d.max_opens, 0) OR ifNull(u.downloads_n >= d.max_downloads, 0), 'exhausted',
            'active') AS status
    FROM dated AS d
    LEFT JOIN used AS u ON u.link_id = d.link_id
    LEFT JOIN visited AS v ON v.link_id = d.link_id
    WHERE d.created_us > 0 AND d.created_us >= {from:Int64} AND d.created_us < {to:Int64}
      AND (empty({clients:Array(String)}) OR d.client_id IN {clients:Array(String)}
          OR xxh3_128(d.client_id) IN {client_hashes:Array(UInt128)})
      AND (empty({media:Array(UInt64)}) OR d.photo_id IN {media:Array(UInt64)})
      AND (empty({links:Array(String)}) OR d.link_id IN {links:Array(String)})
      AND (empty({galleries:Array(UInt64)}) OR has((SELECT ids FROM wanted_media), d.photo_id))
      AND (empty({statuses:Array(String)}) OR status IN {statuses:Array(String)})
)
