-- Nobody asks for statistics of columns, and making them is a fifteenth of the engine's work in bench. A flush's rows
-- lie in one file, not in three for each column: making files costs more than reading a little more of small parts.
ALTER TABLE identity_daily MODIFY SETTING auto_statistics_types = '', min_bytes_for_wide_part = 134217728
