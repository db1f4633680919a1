-- The deliveries of a query (rule 3), filtered ones included when asked for (rule 5).
WITH
medium AS
(
    SELECT media_id, gallery_id, filename, format, width, height, duration_seconds, codec
    FROM media FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
),
gallery AS
(
    SELECT gallery_id, name
    FROM galleries FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
),
received AS
(
    SELECT
        *,
        toString(download_id) AS download_text,
        multiIf(
            completed_at IS NOT NULL, 'completed',
            toUnixTimestamp64Micro(last_activity_at) + 1800000000 <= {as_of:Int64}, toString(idle_status),
            toString(active_status)) AS status
    FROM deliveries FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND toUnixTimestamp64Micro(requested_at) >= {from:Int64} AND toUnixTimestamp64Micro(requested_at) < {to:Int64}
      AND ({media_kind:String} = '' OR media_kind = {media_kind:String})
      AND (empty({downloads:Array(UUID)}) OR download_id IN {downloads:Array(UUID)})
      AND (empty({clients:Array(String)}) OR client_id IN {clients:Array(String)}
          OR xxh3_128(client_id) IN {client_hashes:Array(UInt128)})
      AND (empty({media:Array(UInt64)}) OR media_id IN {media:Array(UInt64)})
      AND (empty({renditions:Array(String)}) OR rendition IN {renditions:Array(String)})
      AND (empty({sources:Array(String)}) OR source IN {sources:Array(String)})
      AND (empty({links:Array(String)}) OR link_id IN {links:Array(String)})
      AND ({include_filtered:Bool} OR filter_reason = '')
),
delivery AS
(
    SELECT
        r.* EXCEPT (format),
        -- Rule 58.
        multiIf(
            r.source = 'single', toString(r.format),
            r.media_kind = 'photo' AND (r.rendition = 'high_res' OR startsWith(r.rendition, 'web_')), 'jpeg',
            r.rendition IN ('video_1080p', 'video_720p'), 'mp4',
            m.format != '', toString(m.format),
            'unknown') AS file_format,
        m.media_id != 0 AS is_known,
        m.gallery_id AS gallery_id,
        m.filename AS filename,
        toString(m.format) AS container,
        m.width AS width,
        m.height AS height,
        m.duration_seconds AS duration_seconds,
        CAST(m.codec AS Nullable(String)) AS codec,
        r.status = 'completed' AND r.filter_reason = '' AS is_counted
    FROM received AS r
    LEFT JOIN medium AS m ON m.media_id = r.media_id
    WHERE (empty({statuses:Array(String)}) OR r.status IN {statuses:Array(String)})
      AND (empty({galleries:Array(UInt64)}) OR (m.media_id != 0 AND m.gallery_id IN {galleries:Array(UInt64)}))
)
