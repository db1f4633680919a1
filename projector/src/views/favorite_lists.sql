CREATE OR REPLACE VIEW {views}.favorite_lists
(
    account_id      UInt64 COMMENT 'The photographer''s account',
    collection_id   UInt64 COMMENT 'The collection',
    list_id         String COMMENT 'The list',
    name            Nullable(String) COMMENT 'What it is called, NULL when nobody said',
    max_selections  Nullable(UInt32) COMMENT 'How many media it may have, NULL for no limit',
    submitted_at    Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was submitted, NULL while it is open (rule 85)'
)
AS SELECT
    account_id, collection_id, list_id, if(toUnixTimestamp64Micro(s.at) > 0, s.name, NULL) AS name,
    if(toUnixTimestamp64Micro(s.at) > 0 AND s.max_selections >= 0, toUInt32(s.max_selections), NULL) AS max_selections,
    if(b > o, b.at, NULL) AS submitted_at
FROM
(
    -- Tuples are aggregated before they are read.
    SELECT account_id, collection_id, list_id, max(state) AS s, max(submitted) AS b, max(reopened) AS o
    FROM {tables}.favorite_lists
    GROUP BY account_id, collection_id, list_id
)
COMMENT 'Lists of favourites'
