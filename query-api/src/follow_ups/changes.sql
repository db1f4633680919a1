-- When a follow-up may next come or go by time alone (rules 120 to 124). A time too many only asks again too early, so
-- every link, deed, list and download that is near a bound is taken, whether or not a follow-up hangs on it.
SELECT min(at_us) AS changes_us
FROM
(
    SELECT arrayJoin([created_us + 604800000000, if(expires_us = -1, 0, expires_us), if(expires_us = -1, 0, expires_us - 604800000000)]) AS at_us
    FROM
    (
        SELECT toUnixTimestamp64Micro(max(created).at) AS created_us, max(terms).expires_at AS expires_us
        FROM share_links
        WHERE account_id = {account:UInt64}
        GROUP BY collection_id, link_id
    )
    UNION ALL
    SELECT coalesce(toUnixTimestamp64Micro(published_at), 0) + 604800000000 AS at_us
    FROM collections FINAL
    WHERE account_id = {account:UInt64}
    UNION ALL
    SELECT toUnixTimestamp64Micro(min(first_upserted_at)) + 604800000000 AS at_us
    FROM collection_first_upserts
    WHERE account_id = {account:UInt64}
    GROUP BY collection_id
    UNION ALL
    SELECT toUnixTimestamp64Micro(last_at) + 172800000000 AS at_us
    FROM identity_daily FINAL
    WHERE account_id = {account:UInt64} AND client_id != ''
    UNION ALL
    SELECT toUnixTimestamp64Micro(last_activity_at) + 1800000000 AS at_us
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND completed_at IS NULL
    UNION ALL
    SELECT greatest(
        toUnixTimestamp64Micro(max(added).at), toUnixTimestamp64Micro(max(removed).at), toUnixTimestamp64Micro(max(noted).at)) + 172800000000 AS at_us
    FROM favorites
    WHERE account_id = {account:UInt64}
    GROUP BY collection_id, list_id, media_id
    UNION ALL
    SELECT greatest(
        toUnixTimestamp64Micro(max(state).at), toUnixTimestamp64Micro(max(submitted).at), toUnixTimestamp64Micro(max(reopened).at)) + 172800000000 AS at_us
    FROM favorite_lists
    WHERE account_id = {account:UInt64}
    GROUP BY collection_id, list_id
)
WHERE at_us > {as_of:Int64}
HAVING count() > 0
