-- Every figure but `clients` is a sum: a client of two collections is one (rule 115).
SELECT
    count() AS collections_n,
    countIf(is_active) AS active_n,
    sum(f.visits_n) AS visits_n, sum(f.views_n) AS views_n, sum(f.plays_n) AS plays_n, sum(f.opens_n) AS opens_n,
    sum(f.favorites_n) AS favorites_n,
    sum(f.attempts_n) AS attempts_n, sum(f.downloads_n) AS downloads_n, sum(f.photo_downloads_n) AS photo_downloads_n,
    sum(f.video_downloads_n) AS video_downloads_n, sum(f.archive_downloads_n) AS archive_downloads_n,
    sum(f.unique_downloads_n) AS unique_downloads_n, sum(f.transferred_bytes_n) AS transferred_bytes_n,
    sum(f.photos_n) AS photos_n, sum(f.videos_n) AS videos_n,
    (SELECT uniqExactIf(client_id, client_id != '') FROM deed) AS clients_n
FROM figure AS f
