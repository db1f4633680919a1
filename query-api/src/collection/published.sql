-- When each collection of an account was published (rule 92), which its deletion leaves as it was (rule 94). Tuples are aggregated
-- before they are read.
, published AS
(
    SELECT
        u.collection_id AS published_id,
        -- Null wherever it is joined to a collection of which there was no upsert.
        toNullable(multiIf(
            c.collection_id != 0, coalesce(c.named_us, u.first_us),
            -- Of one that was deleted before its latest upsert was noted, nothing better is known.
            toUnixTimestamp64Micro(u.latest.at) = 0 OR u.latest.published_at = -1, u.first_us,
            u.latest.published_at)) AS published_us
    FROM
    (
        SELECT collection_id, toUnixTimestamp64Micro(min(first_upserted_at)) AS first_us, max(latest) AS latest
        FROM collection_first_upserts
        WHERE account_id = {account:UInt64}
        GROUP BY collection_id
    ) AS u
    LEFT JOIN
    (
        SELECT collection_id, toUnixTimestamp64Micro(published_at) AS named_us
        FROM collections FINAL
        WHERE account_id = {account:UInt64}
    ) AS c ON c.collection_id = u.collection_id
)
