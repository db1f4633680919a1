-- Which edge a quarantined record came from, as far as that can be read, and which schema it names.
ALTER TABLE quarantine
    ADD COLUMN IF NOT EXISTS edge_node LowCardinality(String),
    ADD COLUMN IF NOT EXISTS schema LowCardinality(String)
