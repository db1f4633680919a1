CREATE OR REPLACE VIEW {views}.galleries
(
    account_id     UInt64 COMMENT 'The photographer''s account',
    collection_id  UInt64 COMMENT 'The collection',
    gallery_id     UInt64 COMMENT 'The set of media within it',
    name           String COMMENT 'What it is called'
)
AS SELECT account_id, collection_id, gallery_id, name
FROM {tables}.galleries FINAL
COMMENT 'The catalogue''s galleries, the sets of a collection'
