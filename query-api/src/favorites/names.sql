, list AS
(
    SELECT list_id AS described_list, s.name AS list_name
    FROM
    (
        SELECT list_id, max(state) AS s
        FROM favorite_lists
        WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
        GROUP BY list_id
    )
)
-- The file names of the current favourites, each once, with the lists it is on (rule 129).
SELECT
    f.is_known AS is_known,
    f.filename AS filename,
    arraySort(groupUniqArrayIf(l.list_name, l.list_name != '')) AS lists,
    uniqExact(f.media_id) AS media_n
FROM favorite AS f
LEFT JOIN list AS l ON l.described_list = f.list_id
WHERE f.is_current
GROUP BY is_known, filename
ORDER BY filename
