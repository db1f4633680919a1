CREATE OR REPLACE VIEW {views}.favorites
(
    account_id     UInt64 COMMENT 'The photographer''s account',
    collection_id  UInt64 COMMENT 'The collection',
    list_id        String COMMENT 'The list that it is on',
    media_id       UInt64 COMMENT 'The photo or video',
    media_kind     String COMMENT 'photo or video',
    client_id      Nullable(String) COMMENT 'Who put it there, NULL for an anonymous visitor; cl_erased_… once the person is erased (rule 16)',
    favorited_at   DateTime64(6, 'UTC') COMMENT 'When it was last put there',
    is_current     Bool COMMENT 'Whether it is there now (rule 82)',
    removed_at     Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was taken off, NULL while it is there'
)
AS SELECT
    f.account_id, f.collection_id, f.list_id, f.media_id, f.a.media_kind AS media_kind,
    nullIf(if(e.place = '', f.who, e.place), '') AS client_id, f.a.at AS favorited_at,
    (f.a.at, f.a.event_id) > (f.r.at, f.r.event_id) AS is_current,
    if(is_current, NULL, f.r.at) AS removed_at
FROM
(
    -- Tuples are aggregated before they are read.
    SELECT account_id, collection_id, list_id, media_id, max(added) AS a, max(removed) AS r, a.client_id AS who
    FROM {tables}.favorites
    GROUP BY account_id, collection_id, list_id, media_id
) AS f
LEFT ANY JOIN {erased} AS e ON e.account_id = f.account_id AND e.client_hash = xxh3_128(f.who)
WHERE toUnixTimestamp64Micro(f.a.at) > 0
COMMENT 'Media on lists of favourites, those that were taken off included'
