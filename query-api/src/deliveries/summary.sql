SELECT
    count() AS total,
    countIf(filter_reason = '') AS attempts,
    countIf(is_counted) AS downloads,
    uniqExactIf((identity, media_id, rendition, day), is_counted) AS unique_downloads,
    uniqExactIf(media_id, is_counted) AS media,
    uniqExactIf(client_id, is_counted AND client_id != '') AS clients,
    countIf(is_counted AND source = 'single') AS single,
    countIf(is_counted AND source = 'archive') AS archive
FROM delivery
