
WHERE NOT {has_key:Bool}
   OR (sort_at, sort_id, sort_number) > ({key_at:Int64}, {key_id:String}, {key_number:UInt64})
ORDER BY sort_at ASC, sort_id ASC, sort_number ASC
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
