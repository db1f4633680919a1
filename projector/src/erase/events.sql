-- Payloads as they came, of events whose replaced payloads stand beside them.
ALTER TABLE events
DELETE WHERE account_id = {account:UInt64} AND version = 0 AND (collection_id, slice_day, event_id) IN (
    SELECT collection_id, slice_day, event_id FROM events WHERE account_id = {account:UInt64} AND version > 0
)
