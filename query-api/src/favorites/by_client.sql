SELECT client_id, argMax(identified_by, (added_us, added_event_id)) AS last_identified_by, count() AS favorites_n
FROM favorite
WHERE is_current
GROUP BY client_id
ORDER BY favorites_n DESC, client_id
