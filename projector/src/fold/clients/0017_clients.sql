-- A client: the only table with personal data. An erasure outranks every other version (rule 16).
CREATE TABLE IF NOT EXISTS clients
(
    account_id   UInt64,
    client_id    String,
    email        Nullable(String),
    name         Nullable(String),
    occurred_at  DateTime64(6, 'UTC'),
    version      UInt256,
    is_deleted   UInt8
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (account_id, client_id)
SETTINGS index_granularity = 2048
