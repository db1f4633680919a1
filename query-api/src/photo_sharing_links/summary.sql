SELECT
    count() AS total,
    countIf(status = 'active') AS active,
    countIf(status = 'expired') AS expired,
    countIf(status = 'exhausted') AS exhausted,
    countIf(status = 'revoked') AS revoked,
    sum(opens_n) AS opens,
    sum(downloads_n) AS downloads
FROM link
