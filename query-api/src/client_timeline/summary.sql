SELECT
    count() AS total,
    countIf(type = 'looked') AS looked_n,
    countIf(type = 'downloaded') AS downloaded_n,
    countIf(type = 'favorited') AS favorited_n,
    countIf(type = 'unfavorited') AS unfavorited_n,
    countIf(type = 'shared') AS shared_n
FROM selected
