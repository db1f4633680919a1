CREATE OR REPLACE VIEW {views}.collections
(
    account_id     UInt64 COMMENT 'The photographer''s account',
    collection_id  UInt64 COMMENT 'The collection',
    name           String COMMENT 'What it is called',
    published_at   Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was published, as far as the catalogue says (rule 92)'
)
AS SELECT account_id, collection_id, name, published_at
FROM {tables}.collections FINAL
COMMENT 'The catalogue''s collections; one that the catalogue does not know may have figures all the same'
