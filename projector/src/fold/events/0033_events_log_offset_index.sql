-- Parts from before the index are given it too, in the background.
ALTER TABLE events MATERIALIZE INDEX log_offset_index
