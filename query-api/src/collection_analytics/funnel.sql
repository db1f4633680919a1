-- How far each identity of the collection came in the period (rule 106).
SELECT
    countIf(reached >= 1) AS visited_n,
    countIf(reached >= 2) AS viewed_n,
    countIf(reached >= 3) AS favorited_n,
    countIf(reached >= 4) AS downloaded_n
FROM
(
    SELECT
        identity,
        max(multiIf(downloads > 0, 4, favorites_added > 0, 3, views + plays > 0, 2, visits + opens > 0, 1, 0)) AS reached
    FROM identity_daily FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND day >= toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND day < toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
    GROUP BY identity
)
