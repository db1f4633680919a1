-- When each collection of an account came to be.
, first_upserted AS
(
    SELECT collection_id AS upserted_id, toUnixTimestamp64Micro(min(first_upserted_at)) AS upserted_us
    FROM collection_first_upserts
    WHERE account_id = {account:UInt64}
    GROUP BY collection_id
)
