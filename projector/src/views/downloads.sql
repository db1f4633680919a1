CREATE OR REPLACE VIEW {views}.downloads
(
    account_id           UInt64 COMMENT 'The photographer''s account',
    collection_id        UInt64 COMMENT 'The collection that the download was asked for in',
    day                  Date COMMENT 'UTC day of the click',
    download_id          UUID COMMENT 'The action: one click, with all its retries and resumed transfers',
    requested_at         DateTime64(6, 'UTC') COMMENT 'When it was clicked',
    kind                 String COMMENT 'photo, video or archive',
    rendition            String COMMENT 'What size was asked for: original, high_res, web_2048, video_1080p, …',
    format               String COMMENT 'The file''s format, zip for an archive',
    destination          String COMMENT 'device, email_link, or the cloud drive that it went to',
    pin_used             Bool COMMENT 'Whether a download PIN was entered',
    paid                 Bool COMMENT 'Whether it was paid for',
    link_id              Nullable(String) COMMENT 'The share link it came through, NULL when through none',
    client_id            Nullable(String) COMMENT 'The client, NULL for an anonymous visitor; cl_erased_… once the person is erased (rule 16)',
    identified_by        String COMMENT 'How the edge knew the visitor: login, email, pin, link, cookie or none',
    visitor              UInt128 COMMENT 'Who counts as one: the client, else the browser, else address and user agent, hashed (rule 12)',
    unique_key           UInt64 COMMENT 'Count the distinct ones of counted rows: unique downloads (rule 54)',
    country              Nullable(String) COMMENT 'ISO 3166 country of the visitor',
    edge_pop             Nullable(String) COMMENT 'The point of presence that delivered most lately',
    status               String COMMENT 'requested, preparing, in_progress, completed, partial, failed or abandoned, now: idle after 30 minutes (rules 45 to 48)',
    completed_at         Nullable(DateTime64(6, 'UTC')) COMMENT 'When the last byte that was missing was delivered, NULL when some are',
    last_activity_at     DateTime64(6, 'UTC') COMMENT 'The latest request, preparation or counted response (rule 46)',
    is_attempt           Bool COMMENT 'Whether rule 1 counts it at all; robots, previews and staff are FALSE',
    is_counted           Bool COMMENT 'Whether it is a download: an attempt that completed',
    filter_reason        Nullable(String) COMMENT 'Why it is no attempt (rule 18), NULL when it is one',
    failure_code         Nullable(String) COMMENT 'Why it failed, NULL unless status is failed (rule 53)',
    failure_http_status  Nullable(UInt16) COMMENT 'HTTP status of the response that failed, NULL unless status is failed',
    photos               UInt32 COMMENT 'Photos asked for',
    videos               UInt32 COMMENT 'Videos asked for',
    size_bytes           Nullable(UInt64) COMMENT 'Size of the file, bytes',
    delivered_bytes      UInt64 COMMENT 'Bytes of the file that arrived, each once (rule 36)',
    transferred_bytes    UInt64 COMMENT 'Bytes sent in counted responses, repeated ones again',
    filtered_bytes       UInt64 COMMENT 'Bytes sent in responses that rule 1 does not count',
    responses            UInt32 COMMENT 'Counted HTTP responses',
    resumes              UInt32 COMMENT 'Responses that went on where an earlier one ended (rule 43)',
    cache_hits           UInt32 COMMENT 'Responses that the edge''s cache served',
    duration_seconds     Float64 COMMENT 'Time that counted responses took together, seconds',
    first_byte_seconds   Nullable(Float64) COMMENT 'Time to the first byte of the first counted response, seconds'
)
AS SELECT
    d.account_id, d.collection_id, d.day, d.download_id, d.requested_at, toString(d.kind) AS kind,
    toString(d.rendition) AS rendition, toString(d.format) AS format, toString(d.destination) AS destination,
    d.pin_used, d.paid, nullIf(d.link_id, '') AS link_id,
    nullIf(if(e.place = '', d.client_id, e.place), '') AS client_id, toString(d.identified_by) AS identified_by,
    d.identity AS visitor, sipHash64(d.identity, d.media_set, d.rendition, d.day) AS unique_key,
    nullIf(toString(d.country), '') AS country, nullIf(toString(d.edge_pop), '') AS edge_pop,
    multiIf(
        d.completed_at IS NOT NULL, 'completed',
        d.last_activity_at <= now64(6) - INTERVAL 30 MINUTE, toString(d.idle_status),
        toString(d.active_status)) AS status,
    d.completed_at, d.last_activity_at, d.filter_reason = '' AS is_attempt,
    d.filter_reason = '' AND d.completed_at IS NOT NULL AS is_counted,
    nullIf(toString(d.filter_reason), '') AS filter_reason,
    -- What failed may still be retried, or was, unless it is idle (rules 49 and 53).
    if(status = 'failed', nullIf(d.failure_code, ''), NULL) AS failure_code,
    if(status = 'failed', d.failure_http_status, NULL) AS failure_http_status, d.photos, d.videos, d.size_bytes,
    d.delivered_bytes, d.transferred_bytes, d.filtered_bytes, d.segments AS responses, d.resumes, d.cache_hits,
    d.duration_us / 1e6 AS duration_seconds, d.first_ttfb_us / 1e6 AS first_byte_seconds
FROM {tables}.downloads AS d FINAL
LEFT ANY JOIN {erased} AS e ON e.account_id = d.account_id AND e.client_hash = xxh3_128(d.client_id)
WHERE d.has_request
COMMENT 'Download actions: one row a click on a photo, a video or an archive'
