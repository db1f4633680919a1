-- The actions of a query (rule 3). Rows without a request (rule 31) are never among them.
WITH
wanted_media AS
(
    SELECT groupArray(media_id) AS ids
    FROM media FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND gallery_id IN {galleries:Array(UInt64)}
),
action AS
(
    SELECT
        *,
        toString(download_id) AS download_text,
        multiIf(
            completed_at IS NOT NULL, 'completed',
            toUnixTimestamp64Micro(last_activity_at) + 1800000000 <= {as_of:Int64}, toString(idle_status),
            toString(active_status)) AS status,
        filter_reason = '' AND completed_at IS NOT NULL AS is_counted,
        -- Half up (rule 64).
        if(duration_us = 0, NULL,
            toUInt64(intDiv(toUInt128(transferred_bytes) * 16000000 + duration_us, toUInt128(duration_us) * 2))) AS avg_bits_per_second,
        intDiv(first_ttfb_us + 500, 1000) AS ttfb_ms
    FROM downloads FINAL
    WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
      AND day BETWEEN toDate(fromUnixTimestamp64Micro({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Micro({to:Int64}, 'UTC'))
      AND toUnixTimestamp64Micro(requested_at) >= {from:Int64} AND toUnixTimestamp64Micro(requested_at) < {to:Int64}
      AND has_request
      AND (empty({downloads:Array(UUID)}) OR download_id IN {downloads:Array(UUID)})
      AND (empty({clients:Array(String)}) OR client_id IN {clients:Array(String)}
          OR xxh3_128(client_id) IN {client_hashes:Array(UInt128)})
      AND (empty({renditions:Array(String)}) OR rendition IN {renditions:Array(String)})
      AND (empty({links:Array(String)}) OR link_id IN {links:Array(String)})
      AND (empty({statuses:Array(String)}) OR status IN {statuses:Array(String)})
      -- One item must meet both conditions; the action is then counted whole (rule 63).
      AND arrayExists(item ->
              (empty({media:Array(UInt64)}) OR has({media:Array(UInt64)}, item))
          AND (empty({galleries:Array(UInt64)}) OR has((SELECT ids FROM wanted_media), item)), media_ids)
)
