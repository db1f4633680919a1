-- A maximum is a lattice, so this view may see a range any number of times.
CREATE MATERIALIZED VIEW IF NOT EXISTS positions_of_ledger TO positions AS
SELECT topic, partition, max(last_offset) + 1 AS next_offset FROM ledger GROUP BY topic, partition
