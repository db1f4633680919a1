CREATE OR REPLACE VIEW {views}.visitor_days
(
    account_id         UInt64 COMMENT 'The photographer''s account',
    collection_id      UInt64 COMMENT 'The collection',
    day                Date COMMENT 'UTC day',
    visitor            UInt128 COMMENT 'Who counts as one: the client, else the browser, else address and user agent, hashed (rule 12)',
    client_id          Nullable(String) COMMENT 'The client, NULL for an anonymous visitor; cl_erased_… once the person is erased (rule 16)',
    identified_by      String COMMENT 'How the edge knew the visitor at the latest deed of the day',
    attempts           UInt64 COMMENT 'Download actions that rule 1 counts',
    downloads          UInt64 COMMENT 'Those that completed',
    delivered_bytes    UInt64 COMMENT 'Bytes that arrived, each once a download',
    visits             UInt64 COMMENT 'Visits that began',
    views              UInt64 COMMENT 'Photos looked at',
    plays              UInt64 COMMENT 'Videos played',
    link_opens         UInt64 COMMENT 'Share links opened',
    favorites_added    UInt64 COMMENT 'Media put on a list',
    favorites_removed  UInt64 COMMENT 'Media taken off one',
    first_at           DateTime64(6, 'UTC') COMMENT 'The first deed of the day',
    last_at            DateTime64(6, 'UTC') COMMENT 'The last deed of the day'
)
AS SELECT
    d.account_id, d.collection_id, d.day, d.identity AS visitor,
    nullIf(if(e.place = '', d.client_id, e.place), '') AS client_id, toString(d.identified_by) AS identified_by,
    d.attempts, d.downloads, d.delivered_bytes, d.visits, d.views, d.plays, d.opens AS link_opens,
    d.favorites_added, d.favorites_removed, d.first_at, d.last_at
FROM {tables}.identity_daily AS d FINAL
LEFT ANY JOIN {erased} AS e ON e.account_id = d.account_id AND e.client_hash = xxh3_128(d.client_id)
-- A visitor whose request an earlier one took the place of (rule 32) has a row that counts nothing.
WHERE d.attempts + d.visits + d.views + d.plays + d.opens + d.favorites_added + d.favorites_removed > 0
COMMENT 'What a visitor did in a collection on a day'
