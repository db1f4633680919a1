SELECT
    countIf({include_filtered:Bool} OR filter_reason = '') AS total,
    countIf(filter_reason = '') AS attempts,
    countIf(is_counted) AS downloads,
    uniqExactIf((identity, media_set, rendition, day), is_counted) AS unique_downloads,
    countIf(is_counted AND kind = 'photo') AS photo,
    countIf(is_counted AND kind = 'video') AS video,
    countIf(is_counted AND kind = 'archive') AS archive,
    countIf(filter_reason = '' AND status = 'requested') AS requested,
    countIf(filter_reason = '' AND status = 'preparing') AS preparing,
    countIf(filter_reason = '' AND status = 'in_progress') AS in_progress,
    countIf(filter_reason = '' AND status = 'partial') AS partial,
    countIf(filter_reason = '' AND status = 'failed') AS failed,
    countIf(filter_reason = '' AND status = 'abandoned') AS abandoned,
    sumIf(action.transferred_bytes, filter_reason = '') AS transferred,
    sumIf(action.delivered_bytes, filter_reason = '') AS delivered,
    -- Of selected actions, and of filtered actions that match the same filters (rule 67).
    sum(action.filtered_bytes) AS filtered,
    if(countIf(filter_reason = '' AND avg_bits_per_second > 0) = 0, NULL,
        quantileExactIf(0.5)(assumeNotNull(avg_bits_per_second), filter_reason = '' AND avg_bits_per_second > 0)) AS p50_bits_per_second,
    if(countIf(filter_reason = '' AND segments > 0 AND ttfb_ms IS NOT NULL) = 0, NULL,
        quantileExactIf(0.95)(assumeNotNull(ttfb_ms), filter_reason = '' AND segments > 0 AND ttfb_ms IS NOT NULL)) AS p95_ttfb_ms
FROM action
