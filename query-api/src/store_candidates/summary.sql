SELECT
    count() AS candidates_n,
    uniqExact(collection_id) AS collections_n,
    countIf(favorite_clients_n >= 2) AS several_clients_n,
    countIf(downloaders_n >= 2) AS downloaded_n
FROM candidate
