-- The rows that the latest upserts so far would have written, of the collections that are not deleted. Their versions
-- have their event ids below.
INSERT INTO collection_first_upserts (account_id, collection_id, first_upserted_at, latest)
SELECT
    account_id, collection_id, occurred_at,
    (occurred_at, toUInt128(version), ifNull(toUnixTimestamp64Micro(published_at), -1))
FROM collections FINAL
