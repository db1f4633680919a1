SELECT
    argMax(media_kind, (added_us, added_event_id)) AS kind,
    media_id,
    count() AS favorite_count,
    uniqExactIf(client_id, client_id != '') AS unique_clients
FROM favorite
WHERE is_current
GROUP BY media_id
ORDER BY favorite_count DESC, media_id
