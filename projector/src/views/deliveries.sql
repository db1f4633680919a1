CREATE OR REPLACE VIEW {views}.deliveries
(
    account_id        UInt64 COMMENT 'The photographer''s account',
    collection_id     UInt64 COMMENT 'The collection',
    day               Date COMMENT 'UTC day of the click',
    download_id       UUID COMMENT 'The action that asked for it; an archive has a delivery for each medium',
    media_id          UInt64 COMMENT 'The photo or video',
    requested_at      DateTime64(6, 'UTC') COMMENT 'When it was clicked',
    media_kind        String COMMENT 'photo or video',
    source            String COMMENT 'single, or archive for a member of one',
    rendition         String COMMENT 'What size was asked for: original, high_res, web_2048, video_1080p, …',
    destination       String COMMENT 'device, email_link, or the cloud drive that it went to',
    pin_used          Bool COMMENT 'Whether a download PIN was entered',
    paid              Bool COMMENT 'Whether it was paid for',
    link_id           Nullable(String) COMMENT 'The share link it came through, NULL when through none',
    client_id         Nullable(String) COMMENT 'The client, NULL for an anonymous visitor; cl_erased_… once the person is erased (rule 16)',
    identified_by     String COMMENT 'How the edge knew the visitor: login, email, pin, link, cookie or none',
    visitor           UInt128 COMMENT 'Who counts as one: the client, else the browser, else address and user agent, hashed (rule 12)',
    unique_key        UInt64 COMMENT 'Count the distinct ones of counted rows: unique downloads (rule 54)',
    status            String COMMENT 'requested, preparing, in_progress, completed, partial, failed or abandoned, now: idle after 30 minutes (rules 45 to 48)',
    completed_at      Nullable(DateTime64(6, 'UTC')) COMMENT 'When all its bytes had arrived, NULL when some are missing',
    last_activity_at  DateTime64(6, 'UTC') COMMENT 'The latest request, preparation or counted response (rule 46)',
    is_attempt        Bool COMMENT 'Whether rule 1 counts it at all; robots, previews and staff are FALSE',
    is_counted        Bool COMMENT 'Whether it is a download: an attempt that completed',
    filter_reason     Nullable(String) COMMENT 'Why it is no attempt (rule 18), NULL when it is one',
    size_bytes        UInt64 COMMENT 'Size of the medium''s file, bytes',
    delivered_bytes   UInt64 COMMENT 'Bytes of the medium that arrived, each once (rules 36 and 42)',
    resumes           UInt32 COMMENT 'Responses that went on where an earlier one ended (rule 43)'
)
AS SELECT
    d.account_id, d.collection_id, d.day, d.download_id, d.media_id, d.requested_at,
    toString(d.media_kind) AS media_kind, toString(d.source) AS source, toString(d.rendition) AS rendition,
    toString(d.destination) AS destination, d.pin_used, d.paid, nullIf(d.link_id, '') AS link_id,
    nullIf(if(e.place = '', d.client_id, e.place), '') AS client_id, toString(d.identified_by) AS identified_by,
    d.identity AS visitor, sipHash64(d.identity, d.media_id, d.rendition, d.day) AS unique_key,
    multiIf(
        d.completed_at IS NOT NULL, 'completed',
        d.last_activity_at <= now64(6) - INTERVAL 30 MINUTE, toString(d.idle_status),
        toString(d.active_status)) AS status,
    d.completed_at, d.last_activity_at, d.filter_reason = '' AS is_attempt,
    d.filter_reason = '' AND d.completed_at IS NOT NULL AS is_counted,
    nullIf(toString(d.filter_reason), '') AS filter_reason, d.size_bytes, d.delivered_bytes, d.resumes
FROM {tables}.deliveries AS d FINAL
LEFT ANY JOIN {erased} AS e ON e.account_id = d.account_id AND e.client_hash = xxh3_128(d.client_id)
COMMENT 'Media received, one row each, alone or inside an archive'
