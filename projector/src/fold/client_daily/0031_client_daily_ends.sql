-- `identity_daily` tells more, and its rows add up to these. The table goes before the other is filled: an older
-- projector that still runs stops here, instead of storing events whose identities nobody would write.
DROP TABLE IF EXISTS client_daily SETTINGS max_table_size_to_drop = 0
