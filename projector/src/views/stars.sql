CREATE OR REPLACE VIEW {views}.stars
(
    account_id     UInt64 COMMENT 'The photographer''s account',
    collection_id  UInt64 COMMENT 'The collection',
    media_id       UInt64 COMMENT 'The photo',
    starred_at     DateTime64(6, 'UTC') COMMENT 'When the owner last starred it',
    is_current     Bool COMMENT 'Whether it has the star now (rule 82)'
)
AS SELECT
    account_id, collection_id, media_id, s.at AS starred_at, s > u AS is_current
FROM
(
    -- Tuples are aggregated before they are read.
    SELECT account_id, collection_id, media_id, max(starred) AS s, max(unstarred) AS u
    FROM {tables}.stars
    GROUP BY account_id, collection_id, media_id
)
WHERE toUnixTimestamp64Micro(s.at) > 0
COMMENT 'Photos that their owner starred'
