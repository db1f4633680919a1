, by_medium AS
(
    SELECT media_id AS counted_id, count() AS favorite_count
    FROM favorite
    WHERE is_current
    GROUP BY media_id
),
selected AS (SELECT list_id AS selected_list, countIf(is_current) AS selected_n FROM every GROUP BY list_id),
list_latest AS
(
    SELECT list_id, max(state) AS s, max(submitted) AS b, max(reopened) AS o
    FROM favorite_lists
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
    GROUP BY list_id
),
list AS
(
    SELECT
        list_id AS described_list,
        if(toUnixTimestamp64Micro(s.at) > 0, s.name, NULL) AS list_name,
        if(toUnixTimestamp64Micro(s.at) > 0 AND s.max_selections >= 0, s.max_selections, NULL) AS max_selections,
        if(b > o, toUnixTimestamp64Micro(b.at), NULL) AS submitted_us
    FROM list_latest
)
SELECT
    f.added_us AS sort_at,
    f.list_id AS sort_id,
    f.media_id AS sort_number,
    l.list_name AS list_name,
    l.max_selections AS max_selections,
    l.submitted_us AS submitted_us,
    s.selected_n AS selected_n,
    f.client_id AS client_id,
    f.identified_by AS identified_by,
    f.media_kind AS media_kind,
    if(f.is_known, f.gallery_id, NULL) AS gallery_id,
    if(f.is_known, f.filename, NULL) AS filename,
    b.favorite_count AS favorite_count,
    if(f.is_current, NULL, f.removed_us) AS removed_us,
    f.note AS note
FROM favorite AS f
LEFT JOIN by_medium AS b ON b.counted_id = f.media_id
LEFT JOIN selected AS s ON s.selected_list = f.list_id
LEFT JOIN list AS l ON l.described_list = f.list_id
