-- A maximum is a lattice, so this view may see a range any number of times.
CREATE MATERIALIZED VIEW IF NOT EXISTS canaries_of_ledger TO canaries AS
SELECT topic, partition, max(canary_at) AS published_at FROM ledger WHERE canaries > 0 GROUP BY topic, partition
