, by_medium AS
(
    SELECT media_id AS counted_id, count() AS download_count, uniqExact(identity, rendition, day) AS unique_download_count
    FROM delivery
    WHERE is_counted
    GROUP BY media_id
)
SELECT
    toUnixTimestamp64Micro(d.requested_at) AS sort_at,
    d.download_text AS sort_id,
    d.media_id AS sort_number,
    d.status AS status,
    toUnixTimestamp64Micro(d.completed_at) AS completed_at,
    toUnixTimestamp64Micro(d.last_activity_at) AS last_activity_at,
    d.client_id AS client_id,
    toString(d.identified_by) AS identified_by,
    toString(d.filter_reason) AS filter_reason,
    if(d.is_known, d.gallery_id, NULL) AS gallery_id,
    if(g.gallery_id != 0, g.name, NULL) AS gallery_name,
    if(d.is_known, d.filename, NULL) AS filename,
    if(d.is_known, d.container, NULL) AS container,
    d.width AS width,
    d.height AS height,
    d.duration_seconds AS duration_seconds,
    d.codec AS codec,
    b.download_count AS download_count,
    b.unique_download_count AS unique_download_count,
    toString(d.rendition) AS rendition,
    d.file_format AS file_format,
    d.size_bytes AS size_bytes,
    d.delivered_bytes AS delivered_bytes,
    d.span_bytes AS span_bytes,
    d.resumes AS resumes,
    toString(d.source) AS source,
    toString(d.destination) AS destination,
    d.pin_used AS pin_used,
    d.link_id AS link_id,
    d.paid AS paid
FROM delivery AS d
LEFT JOIN by_medium AS b ON b.counted_id = d.media_id
LEFT JOIN gallery AS g ON g.gallery_id = d.gallery_id
