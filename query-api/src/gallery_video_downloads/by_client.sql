SELECT
    client_id,
    argMax(toString(identified_by), (requested_at, download_text, media_id)) AS last_identified_by,
    count() AS attempts,
    countIf(is_counted) AS downloads
FROM delivery
WHERE filter_reason = ''
GROUP BY client_id
ORDER BY attempts DESC, client_id
