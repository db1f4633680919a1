CREATE OR REPLACE VIEW {views}.collection_quarter_hours
(
    account_id         UInt64 COMMENT 'The photographer''s account',
    collection_id      UInt64 COMMENT 'The collection',
    quarter_hour       DateTime64(6, 'UTC') COMMENT 'Its beginning; hours and days of every time zone are sums of these',
    kind               Nullable(String) COMMENT 'photo, video or archive in rows of downloads, NULL in the row of everything else',
    attempts           UInt64 COMMENT 'Download actions that rule 1 counts, by their click',
    downloads          UInt64 COMMENT 'Those that completed',
    transferred_bytes  UInt64 COMMENT 'Bytes sent in counted responses',
    delivered_bytes    UInt64 COMMENT 'Bytes that arrived, each once a download',
    filtered_bytes     UInt64 COMMENT 'Bytes sent in responses that rule 1 does not count',
    visits             UInt64 COMMENT 'Visits that began, once a visitor and half-minute (rule 69)',
    views              UInt64 COMMENT 'Photos looked at, once a visitor, photo and half-minute',
    plays              UInt64 COMMENT 'Videos played, once a visitor, video and half-minute',
    link_opens         UInt64 COMMENT 'Share links opened by people',
    favorites_added    UInt64 COMMENT 'Media put on a list',
    favorites_removed  UInt64 COMMENT 'Media taken off one'
)
AS SELECT
    account_id, collection_id, quarter_hour, nullIf(toString(kind), '') AS kind, attempts, downloads,
    transferred_bytes, delivered_bytes, filtered_bytes, visits, views, plays, opens AS link_opens, favorites_added,
    favorites_removed
FROM {tables}.collection_quarter_hourly FINAL
COMMENT 'What happened in a collection in a quarter of an hour'
