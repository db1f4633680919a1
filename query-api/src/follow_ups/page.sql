SELECT
    if({sort:String} = 'since', f.since_us, f.due_us) AS sort_at,
    concat(f.segment, ':', f.subject) AS sort_id,
    f.collection_id AS sort_number,
    f.segment AS segment, f.reason AS reason, f.subject AS subject,
    f.client_id AS client_id, f.identified_by AS identified_by,
    if(n.named_id != 0, n.name, NULL) AS collection_name,
    f.since_us AS since_us, f.due_us AS due_us,
    f.of_link.1 AS link_media_id, f.of_link.2 AS link_opens, f.of_link.3 AS link_downloads, f.of_link.4 AS link_previews,
    if(f.of_link.5 = -1, NULL, f.of_link.5) AS expires_us,
    f.of_list.1 AS list_favorites, f.of_list.2 AS list_name, f.of_list.3 AS max_selections,
    f.of_download.1 AS download_id, f.of_download.2 AS download_kind, f.of_download.3 AS download_rendition,
    f.of_download.4 AS download_media, f.of_download.5 AS download_attempts, f.of_download.6 AS delivered_bytes,
    f.of_download.7 AS size_bytes,
    f.of_visits.1 AS visits_n, f.of_visits.2 AS views_n, f.of_visits.3 AS plays_n, f.of_visits.4 AS opens_n
FROM follow_up AS f
LEFT JOIN named AS n ON n.named_id = f.collection_id
