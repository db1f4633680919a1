-- How far do visitors of a collection come: visited, looked, favourited, downloaded?
SELECT
    countIf(reached >= 1) AS visited,
    countIf(reached >= 2) AS viewed,
    countIf(reached >= 3) AS favorited,
    countIf(reached >= 4) AS downloaded
FROM
(
    SELECT
        visitor,
        max(multiIf(
            downloads > 0, 4,
            favorites_added > 0, 3,
            views + plays > 0, 2,
            visits + link_opens > 0, 1,
            0)) AS reached
    FROM loupe.visitor_days
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
    GROUP BY visitor
)
