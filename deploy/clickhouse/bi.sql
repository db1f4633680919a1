-- Who may read what with a BI tool: roles, row policies and a quota for a ClickHouse server. Run it as an administrator once
-- the projector has made its tables and views; running it again changes nothing. docs/BI.md says how to add a reader.
--
-- A reader is of one account, which the custom setting SQL_loupe_account names; the policies show no other account's rows,
-- whether they are read through a view or not. Custom settings with the prefix SQL_ are allowed by default.

-- Everything that names no person and opens no gallery.
CREATE ROLE IF NOT EXISTS loupe_bi;
-- Who clients are: personal data.
CREATE ROLE IF NOT EXISTS loupe_bi_people;
-- Share links: their table holds the URLs, which open galleries.
CREATE ROLE IF NOT EXISTS loupe_bi_links;

-- A view is read with its reader's rights, so that the policies on the tables hold.
GRANT SELECT ON loupe.* TO loupe_bi;
REVOKE SELECT ON loupe.clients FROM loupe_bi;
REVOKE SELECT ON loupe.share_links FROM loupe_bi;
GRANT SELECT ON loupe_v1.collection_quarter_hourly TO loupe_bi;
GRANT SELECT ON loupe_v1.collections TO loupe_bi;
GRANT SELECT ON loupe_v1.deliveries TO loupe_bi;
GRANT SELECT ON loupe_v1.downloads TO loupe_bi;
GRANT SELECT ON loupe_v1.erasures TO loupe_bi;
GRANT SELECT ON loupe_v1.favorite_lists TO loupe_bi;
GRANT SELECT ON loupe_v1.favorites TO loupe_bi;
GRANT SELECT ON loupe_v1.galleries TO loupe_bi;
GRANT SELECT ON loupe_v1.identity_daily TO loupe_bi;
GRANT SELECT ON loupe_v1.link_daily TO loupe_bi;
GRANT SELECT ON loupe_v1.media TO loupe_bi;
GRANT SELECT ON loupe_v1.media_daily TO loupe_bi;
GRANT SELECT ON loupe_v1.stars TO loupe_bi;
GRANT SELECT ON loupe_v1.watermarks TO loupe_bi;

GRANT SELECT ON loupe.clients TO loupe_bi_people;
GRANT SELECT ON loupe_v1.clients TO loupe_bi_people;

GRANT SELECT ON loupe.share_links TO loupe_bi_links;
GRANT SELECT ON loupe_v1.link_visitors TO loupe_bi_links;
GRANT SELECT ON loupe_v1.share_links TO loupe_bi_links;

CREATE ROW POLICY IF NOT EXISTS loupe_account ON
    loupe_v1.clients,
    loupe_v1.collection_quarter_hourly,
    loupe_v1.collections,
    loupe_v1.deliveries,
    loupe_v1.downloads,
    loupe_v1.erasures,
    loupe_v1.favorite_lists,
    loupe_v1.favorites,
    loupe_v1.galleries,
    loupe_v1.identity_daily,
    loupe_v1.link_daily,
    loupe_v1.link_visitors,
    loupe_v1.media,
    loupe_v1.media_daily,
    loupe_v1.share_links,
    loupe_v1.stars
    USING account_id = toUInt64(getSetting('SQL_loupe_account'))
    TO loupe_bi, loupe_bi_people, loupe_bi_links;
-- Once a table has a policy, nobody else sees a row of it without one: the services and administrators see all.
CREATE ROW POLICY IF NOT EXISTS loupe_everybody_else ON
    loupe_v1.clients,
    loupe_v1.collection_quarter_hourly,
    loupe_v1.collections,
    loupe_v1.deliveries,
    loupe_v1.downloads,
    loupe_v1.erasures,
    loupe_v1.favorite_lists,
    loupe_v1.favorites,
    loupe_v1.galleries,
    loupe_v1.identity_daily,
    loupe_v1.link_daily,
    loupe_v1.link_visitors,
    loupe_v1.media,
    loupe_v1.media_daily,
    loupe_v1.share_links,
    loupe_v1.stars
    USING 1
    TO ALL EXCEPT loupe_bi, loupe_bi_people, loupe_bi_links;

-- Reading only, within bounds that leave the machine to the services. A reader may change settings, and 0 is without bounds: so each
-- has a least and a most value. A driver asks for somewhat more time than its own deadline.
CREATE SETTINGS PROFILE IF NOT EXISTS loupe_bi SETTINGS
    readonly = 2,
    max_execution_time = 60 MIN 1 MAX 120,
    max_memory_usage = 2000000000 MIN 1 MAX 2000000000,
    max_rows_to_read = 1000000000 MIN 1 MAX 1000000000,
    max_threads = 2 MIN 1 MAX 2,
    priority = 3 CONST
    TO loupe_bi;
CREATE QUOTA IF NOT EXISTS loupe_bi KEYED BY user_name
    FOR INTERVAL 1 minute MAX queries = 300,
    FOR INTERVAL 1 hour MAX queries = 5000, read_rows = 20000000000, execution_time = 1800
    TO loupe_bi;
