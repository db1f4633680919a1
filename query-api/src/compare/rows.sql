-- In the order they were named, else those with the most downloads first (rule 117).
SELECT *
FROM figure
ORDER BY indexOf({collections:Array(UInt64)}, collection_id), downloads_n DESC, collection_id
LIMIT 20
