CREATE OR REPLACE VIEW {views}.share_links
(
    account_id     UInt64 COMMENT 'The photographer''s account',
    collection_id  UInt64 COMMENT 'The collection',
    link_id        String COMMENT 'The share link; its URL is a secret, and not here',
    media_id       UInt64 COMMENT 'The photo or video that it shares',
    created_at     DateTime64(6, 'UTC') COMMENT 'When it was made',
    client_id      Nullable(String) COMMENT 'The client who made it, NULL when it was none; cl_erased_… once the person is erased (rule 16)',
    expires_at     Nullable(DateTime64(6, 'UTC')) COMMENT 'When it stops working, NULL for never (rule 76)',
    revoked_at     Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was first revoked, NULL when it was not (rule 75)',
    max_opens      Nullable(UInt64) COMMENT 'How often it may be opened, NULL for no limit',
    max_downloads  Nullable(UInt64) COMMENT 'How many downloads it permits, NULL for no limit',
    opens          UInt64 COMMENT 'Times people opened it so far',
    visitors       UInt64 COMMENT 'Different visitors so far (rule 72)',
    downloads      UInt64 COMMENT 'Completed download actions through it so far',
    status         String COMMENT 'active, expired, exhausted or revoked, now (rule 75)'
)
AS SELECT
    l.account_id AS account_id, l.collection_id AS collection_id, l.link_id AS link_id, l.c.media_id AS media_id,
    l.c.at AS created_at,
    nullIf(if(e.place = '', l.maker, e.place), '') AS client_id,
    if(l.t.expires_at = -1, NULL, fromUnixTimestamp64Micro(l.t.expires_at, 'UTC')) AS expires_at,
    if(l.revoked < toDateTime64('2299-12-31 00:00:00', 6, 'UTC'), l.revoked, NULL) AS revoked_at,
    JSONExtract(l.t.permissions, 'max_opens', 'Nullable(UInt64)') AS max_opens,
    JSONExtract(l.t.permissions, 'max_downloads', 'Nullable(UInt64)') AS max_downloads,
    u.opens AS opens, v.visitors AS visitors, u.downloads AS downloads,
    multiIf(
        revoked_at IS NOT NULL, 'revoked',
        ifNull(expires_at <= now64(6), 0), 'expired',
        ifNull(u.opens >= max_opens, 0) OR ifNull(u.downloads >= max_downloads, 0), 'exhausted',
        'active') AS status
FROM
(
    -- Tuples are aggregated before they are read.
    SELECT account_id, collection_id, link_id, max(created) AS c, max(terms) AS t, min(revoked_at) AS revoked, c.client_id AS maker
    FROM {tables}.share_links
    GROUP BY account_id, collection_id, link_id
) AS l
LEFT JOIN
(
    SELECT account_id, collection_id, link_id, sum(opens) AS opens, sum(downloads) AS downloads
    FROM {tables}.link_daily FINAL
    GROUP BY account_id, collection_id, link_id
) AS u ON u.account_id = l.account_id AND u.collection_id = l.collection_id AND u.link_id = l.link_id
LEFT JOIN
(
    SELECT account_id, collection_id, link_id, uniqExact(identity) AS visitors
    FROM {tables}.link_visitors
    GROUP BY account_id, collection_id, link_id
) AS v ON v.account_id = l.account_id AND v.collection_id = l.collection_id AND v.link_id = l.link_id
LEFT ANY JOIN {erased} AS e ON e.account_id = l.account_id AND e.client_hash = xxh3_128(l.maker)
WHERE toUnixTimestamp64Micro(l.c.at) > 0
COMMENT 'Share links with their usage of all time'
