CREATE OR REPLACE VIEW {views}.media_days
(
    account_id         UInt64 COMMENT 'The photographer''s account',
    collection_id      UInt64 COMMENT 'The collection',
    day                Date COMMENT 'UTC day: of the click for downloads, of the deed for the rest',
    media_id           UInt64 COMMENT 'The photo or video',
    rendition          Nullable(String) COMMENT 'The size that was downloaded; NULL in the rows of views, plays and favourites',
    attempts           UInt64 COMMENT 'Deliveries that rule 1 counts',
    downloads          UInt64 COMMENT 'Those that completed',
    unique_downloads   UInt64 COMMENT 'Different visitors among those; adds up over days, media and renditions (rule 54)',
    delivered_bytes    UInt64 COMMENT 'Bytes that arrived, each once a download',
    views              UInt64 COMMENT 'Times a photo was looked at, once a visitor and half-minute (rule 69)',
    plays              UInt64 COMMENT 'Times a video was played, once a visitor and half-minute (rule 69)',
    favorites_added    UInt64 COMMENT 'Times it was put on a list',
    favorites_removed  UInt64 COMMENT 'Times it was taken off one'
)
AS SELECT
    account_id, collection_id, day, media_id, nullIf(toString(rendition), '') AS rendition, attempts, downloads,
    unique_downloads, delivered_bytes, views, plays, favorites_added, favorites_removed
FROM {tables}.media_daily FINAL
COMMENT 'What happened to a medium on a day'
