-- The counting definition that every number of this database follows; one row, which never changes.
CREATE TABLE IF NOT EXISTS definition
(
    -- Its name, as `meta.definition` of answers gives it.
    version      String,
    -- What it changes of a definition of the program, as TOML; empty for one that is part of the program.
    text         String,
    recorded_at  DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY version
