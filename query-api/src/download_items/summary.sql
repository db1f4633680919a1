SELECT
    count() AS total,
    countIf(status = 'completed') AS completed_n,
    sum(delivered_bytes) AS delivered_n,
    sum(size_bytes) AS size_n
FROM delivery
