-- Every time zone's hours are made of UTC's quarter hours (rule 91).
SELECT intDiv(at_us, 900000000) AS quarter_hour, count() AS favorites_n
FROM liked
WHERE (collection_id, media_id) IN (SELECT collection_id, media_id FROM photo)
GROUP BY quarter_hour
