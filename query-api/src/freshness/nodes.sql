-- All runs of each edge together.
SELECT toString(run.node) AS node, sum(run.missing) AS missing, max(run.last_at) AS last_at
FROM run
GROUP BY node
HAVING missing > 0 OR last_at >= {as_of:Int64} - {recent_us:Int64}
