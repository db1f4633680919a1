, ranked AS
(
    SELECT *, row_number() OVER (ORDER BY score DESC, media_id, collection_id) AS rank
    FROM scored
)
