SELECT
    count() AS total,
    countIf(is_current) AS favorites_n,
    uniqExactIf(client_id, is_current AND client_id != '') AS clients_n,
    uniqExactIf(list_id, is_current) AS lists_n
FROM favorite
