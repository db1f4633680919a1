SELECT
    count() AS media_n,
    sum(attempts_n) AS attempts_n,
    sum(downloads_n) AS downloads_n,
    sum(unique_downloads_n) AS unique_downloads_n,
    sum(views_n) AS views_n,
    sum(plays_n) AS plays_n,
    sum(favorites_n) AS favorites_n,
    sum(shares_n) AS shares_n
FROM figure
