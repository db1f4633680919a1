CREATE OR REPLACE VIEW {views}.clients
(
    account_id  UInt64 COMMENT 'The photographer''s account',
    client_id   String COMMENT 'The client',
    email       Nullable(String) COMMENT 'Their address: personal data',
    name        Nullable(String) COMMENT 'Their name: personal data'
)
AS SELECT account_id, client_id, email, name
FROM {tables}.clients FINAL
COMMENT 'Clients by name: the only view with personal data, granted apart from the others; an erased client is not in it (rule 16)'
