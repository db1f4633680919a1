-- A part is merged with others when there are more of its size: to merge rows again and again took a seventh of all that
-- ClickHouse does in bench, and a reader joins a few parts more for it.
ALTER TABLE link_visitors MODIFY SETTING merge_selector_base = 12
