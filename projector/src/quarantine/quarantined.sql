SELECT
    toString(q.topic) AS topic,
    q.partition AS partition,
    q.offset AS offset,
    toString(q.reason) AS reason,
    q.field AS field,
    q.message AS message,
    q.key AS key,
    q.payload AS payload,
    toUnixTimestamp64Micro(q.appended_at) AS appended_us,
    toString(q.edge_node) AS edge_node,
    toString(q.schema) AS schema,
    toUnixTimestamp64Micro(r.first_replayed_at) AS replayed_us
FROM (SELECT * FROM quarantine FINAL) AS q
LEFT JOIN
(
    SELECT topic, partition, offset, min(replayed_at) AS first_replayed_at
    FROM quarantine_replays
    GROUP BY topic, partition, offset
) AS r ON r.topic = q.topic AND r.partition = q.partition AND r.offset = q.offset
WHERE ({topic:String} = '' OR (q.topic = {topic:String} AND q.partition = {partition:Int32} AND q.offset = {offset:Int64}))
    AND ({reason:String} = '' OR q.reason = {reason:String})
    AND ({edge:String} = '' OR q.edge_node = {edge:String})
    AND ({schema:String} = '' OR q.schema = {schema:String})
    AND appended_us >= {from:Int64}
    AND appended_us < {to:Int64}
    AND ({only_pending:UInt8} = 0 OR replayed_us <= 0)
ORDER BY appended_us, topic, partition, offset
LIMIT {limit:UInt64}
