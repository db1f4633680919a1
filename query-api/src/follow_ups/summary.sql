SELECT
    count() AS total,
    countIf(segment = 'not_opened') AS not_opened,
    countIf(segment = 'opened_not_downloaded') AS opened_not_downloaded,
    countIf(segment = 'partial') AS partial,
    countIf(segment = 'favorites_unsubmitted') AS favorites_unsubmitted,
    countIf(segment = 'link_expiring') AS link_expiring,
    uniqExactIf(client_id, client_id != '') AS clients_n
FROM follow_up
