CREATE OR REPLACE VIEW {views}.link_days
(
    account_id           UInt64 COMMENT 'The photographer''s account',
    collection_id        UInt64 COMMENT 'The collection',
    link_id              String COMMENT 'The share link',
    day                  Date COMMENT 'UTC day: of the click for downloads, of the deed for the rest',
    opens                UInt64 COMMENT 'Times people opened it, once a visitor and half-minute (rule 69)',
    visitors             UInt64 COMMENT 'Different visitors of the day; does not add up over days',
    link_previews        UInt64 COMMENT 'Times a chat or mail program fetched a preview',
    bot_opens            UInt64 COMMENT 'Times a robot opened it',
    denied_expired       UInt64 COMMENT 'Openings refused because it had expired',
    denied_bad_password  UInt64 COMMENT 'Openings refused because of a wrong password',
    denied_quota         UInt64 COMMENT 'Openings refused because its quota was used up',
    denied_revoked       UInt64 COMMENT 'Openings refused because it was revoked',
    attempts             UInt64 COMMENT 'Download actions through it that rule 1 counts',
    downloads            UInt64 COMMENT 'Those that completed',
    unique_downloads     UInt64 COMMENT 'Different visitors among those, as of rule 54',
    transferred_bytes    UInt64 COMMENT 'Bytes sent in counted responses'
)
AS SELECT
    account_id, collection_id, link_id, day, opens, visitors, link_previews, bot_opens, denied_expired,
    denied_bad_password, denied_quota, denied_revoked, attempts, downloads, unique_downloads, transferred_bytes
FROM {tables}.link_daily FINAL
COMMENT 'What happened to a share link on a day'
