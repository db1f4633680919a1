-- Canaries of a range, which are folded into nothing, and when the last of them was published; 1970 when it has none.
ALTER TABLE ledger
    ADD COLUMN IF NOT EXISTS canaries  UInt64,
    ADD COLUMN IF NOT EXISTS canary_at DateTime64(6, 'UTC')
