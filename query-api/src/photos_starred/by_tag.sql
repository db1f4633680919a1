SELECT arrayJoin(arrayDistinct(tags)) AS tag, sum(client_favorites) AS favorites_n
FROM photo
WHERE client_favorites > 0
GROUP BY tag
ORDER BY favorites_n DESC, tag
