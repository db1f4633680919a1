-- By the quarter of an hour in which they were set (rule 108).
SELECT set_us - set_us % 900000000 AS at_us, count() AS value_n
FROM (SELECT at_us AS set_us FROM current_favorite WHERE at_us >= {from:Int64} AND at_us < {to:Int64})
GROUP BY at_us
ORDER BY at_us
