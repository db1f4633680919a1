-- Every time zone's hours are made of UTC's quarter hours (rule 91).
SELECT intDiv(at_us, 900000000) AS quarter_hour, countIf(is_own) AS own_n, count() AS all_n
FROM deed
GROUP BY quarter_hour
