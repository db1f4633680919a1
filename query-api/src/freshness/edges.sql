SELECT toString(node) AS node, toString(boot_id) AS boot_id, arrived, missing, complete_to, last_at
FROM run
WHERE missing > 0 OR last_at >= {as_of:Int64} - {recent_us:Int64}
ORDER BY node, last_at DESC
LIMIT 1000
