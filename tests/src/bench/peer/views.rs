//! What the peer's read models are: four of them from 26 fields, or as many as the projector has, as far as views can make
//! them. All are sums, minima, maxima and approximate uniques of rows of `events`: a view sees a block and never what came
//! before, so that a copy counts again, and nothing is taken back.

/// What the views write, but for what stands for more: the counters (`$counters` and `$counted`), whose it is
/// (`$person`), and the table of events, which is called `e` (`$events`).
#[derive(Debug)]
pub(super) struct View {
    /// The table's name.
    pub(super) table: &'static str,
    /// Its columns after account and collection.
    pub(super) columns: &'static str,
    /// Its key after account and collection.
    pub(super) key: &'static str,
    /// What is read after account and collection, and from where.
    pub(super) query: &'static str,
}

/// Read models and what they count.
#[derive(Debug)]
pub(super) struct Views {
    /// The columns of counters.
    pub(super) counters: &'static [(&'static str, &'static str)],
    /// The read models.
    pub(super) views: &'static [View],
}

/// Four read models of 26 fields.
pub(super) const FOUR: Views = Views {
    counters: &[
        ("attempts", "countIf(type = 'DownloadRequested')"),
        ("downloads", DOWNLOADS),
        ("bytes", BYTES),
        ("views", "countIf(type IN ('PhotoViewed', 'VideoPlayed'))"),
        ("favorites", "countIf(type = 'FavoriteAdded')"),
    ],
    views: &[
        View {
            table: "media_daily",
            columns: "day Date, media_id UInt64, rendition LowCardinality(String), people AggregateFunction(uniq, String), \
                $counters",
            key: "day, media_id, rendition",
            query: "toDate(occurred_at) AS day, media_id, rendition, uniqState(client_id) AS people, $counted \
                FROM $events WHERE media_id > 0",
        },
        View {
            table: "collection_quarter_hourly",
            columns: "quarter_hour DateTime('UTC'), kind LowCardinality(String), people AggregateFunction(uniq, String), \
                $counters",
            key: "quarter_hour, kind",
            query: "toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')) AS quarter_hour, kind, \
                uniqState(client_id) AS people, $counted FROM $events",
        },
        View {
            table: "client_daily",
            columns: "client_id String, day Date, first_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')), \
                last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')), $counters",
            key: "client_id, day",
            query: "client_id, toDate(e.occurred_at) AS day, min(e.occurred_at) AS first_at, \
                max(e.occurred_at) AS last_at, $counted FROM $events",
        },
        View {
            table: "downloads",
            columns: "day Date, download_id String, media_id SimpleAggregateFunction(max, UInt64), \
                client_id SimpleAggregateFunction(max, String), kind SimpleAggregateFunction(max, String), \
                rendition SimpleAggregateFunction(max, String), object_bytes SimpleAggregateFunction(max, Int64), \
                segments SimpleAggregateFunction(sum, UInt64), first_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')), \
                last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')), $counters",
            key: "day, download_id",
            query: "toDate(e.occurred_at) AS day, download_id, max(e.media_id) AS media_id, max(e.client_id) AS client_id, \
                max(toString(e.kind)) AS kind, max(toString(e.rendition)) AS rendition, \
                max(e.object_bytes) AS object_bytes, countIf(type = 'TransferSegment') AS segments, \
                min(e.occurred_at) AS first_at, max(e.occurred_at) AS last_at, $counted FROM $events \
                WHERE download_id != ''",
        },
    ],
};

const DOWNLOADS: &str = "countIf(type = 'TransferSegment' AND purpose = 'download' AND completed)";
const BYTES: &str = "toUInt64(sumIf(body_bytes, purpose = 'download'))";

/// The projector's read models of the same records. Whoever is not told by a client's or visitor's id is told by address and
/// browser, a day, and a link by what its events say of it; what each event counts for is decided by that event alone.
pub(super) const ALL: Views = Views {
    counters: &[
        ("attempts", "countIf(type = 'DownloadRequested')"),
        ("downloads", DOWNLOADS),
        ("bytes", BYTES),
        ("visits", "countIf(type = 'VisitStarted')"),
        ("views", "countIf(type = 'PhotoViewed')"),
        ("plays", "countIf(type = 'VideoPlayed')"),
        ("opens", "countIf(type = 'LinkOpened')"),
        ("favorites_added", "countIf(type = 'FavoriteAdded')"),
        ("favorites_removed", "countIf(type = 'FavoriteRemoved')"),
    ],
    views: &[
        View {
            table: "media_daily",
            columns: "day Date, media_id UInt64, rendition LowCardinality(String), \
                people AggregateFunction(uniq, UInt64), $counters",
            key: "day, media_id, rendition",
            query: "toDate(occurred_at) AS day, medium AS media_id, rendition, uniqState($person) AS people, $counted \
                FROM $events ARRAY JOIN if(type = 'DownloadRequested', media_ids, [media_id]) AS medium WHERE medium > 0",
        },
        View {
            table: "collection_quarter_hourly",
            columns: "quarter_hour DateTime('UTC'), kind LowCardinality(String), \
                failed SimpleAggregateFunction(sum, UInt64), partial SimpleAggregateFunction(sum, UInt64), $counters",
            key: "quarter_hour, kind",
            query: "toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')) AS quarter_hour, kind, \
                countIf(type = 'DownloadPrepareFailed' OR end_reason IN ('origin_error', 'edge_error', 'denied')) AS failed, \
                countIf(type = 'TransferSegment' AND NOT completed) AS partial, $counted FROM $events",
        },
        View {
            table: "identity_daily",
            columns: "client_id String, identity UInt64, day Date, identified_by SimpleAggregateFunction(max, String), \
                first_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')), \
                last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')), $counters",
            key: "client_id, identity, day",
            query: "client_id, $person AS identity, toDate(e.occurred_at) AS day, \
                max(toString(e.identified_by)) AS identified_by, min(e.occurred_at) AS first_at, \
                max(e.occurred_at) AS last_at, $counted FROM $events",
        },
        View {
            table: "downloads",
            columns: "day Date, download_id String, client_id SimpleAggregateFunction(max, String), \
                identity SimpleAggregateFunction(max, UInt64), kind SimpleAggregateFunction(max, String), \
                rendition SimpleAggregateFunction(max, String), format SimpleAggregateFunction(max, String), \
                destination SimpleAggregateFunction(max, String), link_id SimpleAggregateFunction(max, String), \
                country SimpleAggregateFunction(max, String), edge_pop SimpleAggregateFunction(max, String), \
                pin_used SimpleAggregateFunction(max, Bool), paid SimpleAggregateFunction(max, Bool), \
                media_ids SimpleAggregateFunction(max, Array(UInt64)), \
                failure_code SimpleAggregateFunction(max, String), object_bytes SimpleAggregateFunction(max, Int64), \
                segments SimpleAggregateFunction(sum, UInt64), cache_hits SimpleAggregateFunction(sum, UInt64), \
                duration_us SimpleAggregateFunction(sum, Int64), \
                history SimpleAggregateFunction(groupArrayArray, \
                    Array(Tuple(DateTime64(6, 'UTC'), Int64, Int64, Int64, UInt16, String))), \
                first_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')), \
                last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')), $counters",
            key: "day, download_id",
            query: "toDate(e.occurred_at) AS day, download_id, max(e.client_id) AS client_id, max($person) AS identity, \
                max(toString(e.kind)) AS kind, max(toString(e.rendition)) AS rendition, \
                max(toString(e.format)) AS format, max(toString(e.destination)) AS destination, \
                max(e.link_id) AS link_id, max(toString(e.country)) AS country, max(toString(e.edge_pop)) AS edge_pop, \
                max(e.pin_used) AS pin_used, max(e.paid) AS paid, max(e.media_ids) AS media_ids, \
                max(JSONExtractString(e.details, 'code')) AS failure_code, max(e.object_bytes) AS object_bytes, \
                countIf(type = 'TransferSegment') AS segments, countIf(cache = 'hit') AS cache_hits, \
                sum(e.duration_us) AS duration_us, \
                groupArrayIf((e.occurred_at, range_start, range_end, body_bytes, status, toString(end_reason)), \
                    type = 'TransferSegment') AS history, \
                min(e.occurred_at) AS first_at, max(e.occurred_at) AS last_at, $counted FROM $events \
                WHERE download_id != ''",
        },
        View {
            table: "deliveries",
            columns: "day Date, download_id String, media_id UInt64, \
                requested_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')), \
                media_kind SimpleAggregateFunction(max, String), rendition SimpleAggregateFunction(max, String), \
                format SimpleAggregateFunction(max, String), destination SimpleAggregateFunction(max, String), \
                link_id SimpleAggregateFunction(max, String), client_id SimpleAggregateFunction(max, String), \
                identity SimpleAggregateFunction(max, UInt64), identified_by SimpleAggregateFunction(max, String), \
                pin_used SimpleAggregateFunction(max, Bool), paid SimpleAggregateFunction(max, Bool), \
                size_bytes SimpleAggregateFunction(max, UInt64), delivered_bytes SimpleAggregateFunction(sum, UInt64), \
                completed SimpleAggregateFunction(max, UInt8), \
                last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC'))",
            key: "day, download_id, media_id",
            query: "toDate(e.occurred_at) AS day, download_id, medium AS media_id, \
                maxIf(e.occurred_at, type = 'DownloadRequested') AS requested_at, max(toString(medium_kind)) AS media_kind, \
                max(toString(e.rendition)) AS rendition, max(toString(e.format)) AS format, \
                max(toString(e.destination)) AS destination, max(e.link_id) AS link_id, max(e.client_id) AS client_id, \
                max($person) AS identity, max(toString(e.identified_by)) AS identified_by, max(e.pin_used) AS pin_used, \
                max(e.paid) AS paid, max(medium_bytes) AS size_bytes, \
                toUInt64(sumIf(body_bytes, purpose = 'download')) AS delivered_bytes, \
                max(type = 'TransferSegment' AND e.completed) AS completed, max(e.occurred_at) AS last_at \
                FROM $events ARRAY JOIN if(type = 'DownloadRequested', media_ids, [e.media_id]) AS medium, \
                if(type = 'DownloadRequested', media_kinds, ['']) AS medium_kind, \
                if(type = 'DownloadRequested', media_bytes, [toUInt64(e.object_bytes)]) AS medium_bytes \
                WHERE download_id != '' AND medium > 0",
        },
        View {
            table: "favorites",
            columns: "list_id String, media_id UInt64, \
                added SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID, String, String, String)), \
                removed SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID)), \
                noted SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID, String))",
            key: "list_id, media_id",
            query: "list_id, media_id, \
                maxIf((occurred_at, event_id, client_id, toString(identified_by), toString(kind)), \
                    type = 'FavoriteAdded') AS added, \
                maxIf((occurred_at, event_id), type = 'FavoriteRemoved') AS removed, \
                maxIf((occurred_at, event_id, JSONExtractString(details, 'note')), type = 'FavoriteNoted' OR details != '') AS noted \
                FROM $events WHERE type IN ('FavoriteAdded', 'FavoriteRemoved', 'FavoriteNoted')",
        },
        View {
            table: "favorite_lists",
            columns: "list_id String, \
                state SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID, String, Int64)), \
                submitted SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID)), \
                reopened SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID))",
            key: "list_id",
            query: "list_id, maxIf((occurred_at, event_id, JSONExtractString(details, 'name'), JSONExtractInt(details, 'max_selections')), \
                    type IN ('FavoriteListCreated', 'FavoriteListUpdated')) AS state, \
                maxIf((occurred_at, event_id), type = 'FavoriteListSubmitted') AS submitted, \
                maxIf((occurred_at, event_id), type = 'FavoriteListReopened') AS reopened \
                FROM $events WHERE startsWith(type, 'FavoriteList')",
        },
        View {
            table: "stars",
            columns: "media_id UInt64, starred SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID)), \
                unstarred SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID))",
            key: "media_id",
            query: "media_id, maxIf((occurred_at, event_id), type = 'PhotoStarred') AS starred, \
                maxIf((occurred_at, event_id), type = 'PhotoUnstarred') AS unstarred \
                FROM $events WHERE type IN ('PhotoStarred', 'PhotoUnstarred')",
        },
        View {
            table: "share_links",
            columns: "link_id String, \
                created SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID, UInt64, String, String, String)), \
                terms SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), UUID, Int64, String)), \
                revoked_at SimpleAggregateFunction(max, DateTime64(6, 'UTC'))",
            key: "link_id",
            query: "link_id, maxIf((occurred_at, event_id, media_id, JSONExtractString(details, 'url'), client_id, toString(identified_by)), \
                    type = 'LinkCreated') AS created, \
                maxIf((occurred_at, event_id, JSONExtractInt(details, 'expires_at'), \
                    JSONExtractString(details, 'permissions')), type IN ('LinkCreated', 'LinkUpdated')) AS terms, \
                maxIf(occurred_at, type = 'LinkRevoked') AS revoked_at \
                FROM $events WHERE type IN ('LinkCreated', 'LinkUpdated', 'LinkRevoked')",
        },
        View {
            table: "link_daily",
            columns: "link_id String, day Date, visitors AggregateFunction(uniq, UInt64), \
                link_previews SimpleAggregateFunction(sum, UInt64), \
                denied SimpleAggregateFunction(sumMap, Map(String, UInt64)), \
                referrers SimpleAggregateFunction(sumMap, Map(String, UInt64)), \
                countries SimpleAggregateFunction(sumMap, Map(String, UInt64)), \
                first_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')), \
                last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')), $counters",
            key: "link_id, day",
            query: "link_id, toDate(occurred_at) AS day, uniqState($person) AS visitors, \
                countIf(type = 'LinkOpened' AND end_reason = 'preview') AS link_previews, \
                sumMapIf(map(toString(end_reason), toUInt64(1)), type = 'LinkDenied') AS denied, \
                sumMapIf(map(toString(referrer_host), toUInt64(1)), type = 'LinkOpened') AS referrers, \
                sumMapIf(map(toString(country), toUInt64(1)), type = 'LinkOpened') AS countries, \
                min(e.occurred_at) AS first_at, max(e.occurred_at) AS last_at, $counted \
                FROM $events WHERE link_id != ''",
        },
        View {
            table: "link_visitors",
            columns: "link_id String, identity UInt64, first_opened_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')), \
                last_opened_at SimpleAggregateFunction(max, DateTime64(6, 'UTC'))",
            key: "link_id, identity",
            query: "link_id, $person AS identity, min(occurred_at) AS first_opened_at, max(occurred_at) AS last_opened_at \
                FROM $events WHERE type = 'LinkOpened'",
        },
    ],
};

/// The columns of [`ALL`]'s person: a client or a visitor by what the flat record says, and everybody else by address and
/// browser.
const PERSON: &str = "if(e.client_id = '', cityHash64(e.ip_key, e.user_agent), cityHash64(e.client_id))";

impl Views {
    /// A view's columns, the counters among them.
    pub(super) fn columns(&self, view: &View) -> String {
        let counters = self.counters.iter().map(|(name, _)| format!("{name} SimpleAggregateFunction(sum, UInt64)"));
        view.columns.replace("$counters", &counters.collect::<Vec<_>>().join(", "))
    }

    /// A view's query over a table of events.
    pub(super) fn query(&self, view: &View, events: &str) -> String {
        let counted: Vec<_> = self.counters.iter().map(|(name, counted)| format!("{counted} AS {name}")).collect();
        let rest = view
            .query
            .replace("$counted", &counted.join(", "))
            .replace("$person", PERSON)
            .replace("$events", &format!("{events} AS e"));
        format!("SELECT account_id, collection_id, {rest} GROUP BY ALL")
    }
}
