SELECT
    toInt64(d.place) AS sort_at,
    '' AS sort_id,
    d.media_id AS sort_number,
    toString(d.media_kind) AS kind,
    if(d.is_known, d.gallery_id, NULL) AS gallery_id,
    if(g.gallery_id != 0, g.name, NULL) AS gallery_name,
    if(d.is_known, d.filename, NULL) AS filename,
    d.status AS status,
    toUnixTimestamp64Micro(d.completed_at) AS completed_at,
    d.file_format AS file_format,
    toString(d.rendition) AS rendition,
    d.size_bytes AS size_bytes,
    d.delivered_bytes AS delivered_bytes,
    d.span_bytes AS span_bytes
FROM (SELECT *, row_number() OVER (ORDER BY media_id) AS place FROM delivery) AS d
LEFT JOIN gallery AS g ON g.gallery_id = d.gallery_id
