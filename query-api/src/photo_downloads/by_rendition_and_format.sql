SELECT toString(rendition) AS rendition_text, file_format, count() AS downloads
FROM delivery
WHERE is_counted
GROUP BY rendition_text, file_format
