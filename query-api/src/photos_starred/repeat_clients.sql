SELECT count() AS repeat_clients
FROM
(
    SELECT client_id
    FROM liked
    WHERE client_id != '' AND (collection_id, media_id) IN (SELECT collection_id, media_id FROM photo)
    GROUP BY client_id
    HAVING uniqExact(collection_id) >= 2
)
