SELECT
    count() AS total,
    countIf(client_id != '') AS clients_n,
    sum(visits_n) AS visits_n, sum(views_n) AS views_n, sum(plays_n) AS plays_n, sum(opens_n) AS opens_n,
    sum(favorites_n) AS favorites_n, sum(attempts_n) AS attempts_n, sum(downloads_n) AS downloads_n,
    sum(unique_downloads_n) AS unique_downloads_n, sum(deliveries_n) AS deliveries_n
FROM client
