SELECT media_id, score FROM ranked ORDER BY rank LIMIT 10
