-- Time alone ends the last bucket, at a whole quarter of an hour at the soonest.
SELECT {as_of:Int64} - {as_of:Int64} % 900000000 + 900000000 AS changes_us
