(
    -- Who was erased, and the id that takes their place (rule 16).
    SELECT account_id, client_hash, concat('cl_erased_', leftPad(lower(hex(min(erased).event_id)), 32, '0')) AS place
    FROM {tables}.erasures
    GROUP BY account_id, client_hash
)
