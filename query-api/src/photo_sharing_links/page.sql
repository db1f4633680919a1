SELECT
    created_us AS sort_at,
    link_id AS sort_id,
    toUInt64(0) AS sort_number,
    photo_id, url, client_id, identified_by, expires_us, permissions, revoked_us, max_downloads, status,
    opens_n, visitors_n, downloads_n, unique_downloads_n, transferred_bytes_n, link_previews_n, bot_opens_n,
    expired_n, bad_password_n, quota_n, revoked_n,
    toUnixTimestamp64Micro(first_opened) AS first_opened_us,
    toUnixTimestamp64Micro(last_opened) AS last_opened_us,
    referrer_opens, country_opens
FROM link
