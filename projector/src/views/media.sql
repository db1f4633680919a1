CREATE OR REPLACE VIEW {views}.media
(
    account_id        UInt64 COMMENT 'The photographer''s account',
    collection_id     UInt64 COMMENT 'The collection',
    gallery_id        UInt64 COMMENT 'The set within it',
    media_id          UInt64 COMMENT 'The photo or video',
    media_kind        String COMMENT 'photo or video',
    filename          String COMMENT 'The name of its file',
    format            String COMMENT 'The format of its file',
    width_pixels      Nullable(UInt32) COMMENT 'Width, pixels',
    height_pixels     Nullable(UInt32) COMMENT 'Height, pixels',
    size_bytes        Nullable(UInt64) COMMENT 'Size of the original, bytes',
    duration_seconds  Nullable(Float64) COMMENT 'Length of a video, seconds',
    codec             Nullable(String) COMMENT 'The codec of a video',
    tags              Array(String) COMMENT 'What the photographer tagged it with'
)
AS SELECT
    account_id, collection_id, gallery_id, media_id, toString(media_kind) AS media_kind, filename,
    toString(m.format) AS format, width AS width_pixels, height AS height_pixels, bytes AS size_bytes,
    duration_seconds, CAST(codec AS Nullable(String)) AS codec, tags
FROM {tables}.media AS m FINAL
COMMENT 'The catalogue''s photos and videos'
