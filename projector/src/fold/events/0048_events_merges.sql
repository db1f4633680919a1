-- A part of events is merged with others when there are more of its size: to write payloads again took half of what all
-- merges took, for rows that are hardly ever there twice and read by few.
ALTER TABLE events MODIFY SETTING merge_selector_base = 20, min_parts_to_merge_at_once = 16
