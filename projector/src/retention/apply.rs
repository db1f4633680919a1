//! Tells ClickHouse how long to keep what, where that is not as it is told already, and remembers what went by what it was
//! told before.

use clickhouse::Row;
use loupe_schemas::Micros;
use loupe_schemas::ids::{AccountId, CollectionId};
use loupe_schemas::time::Day;
use loupe_service::clock;
use serde::Deserialize;

use super::{Retention, whole_since};
use crate::backfill::Reached;
use crate::fold::slice_key::SliceKey;
use crate::store::{Store, on_cluster, parts_of};

/// The name among the notes of how far something is: before which day events are gone, whatever the table says by now.
const GONE: &str = "events that are gone";

#[derive(Debug, Row, Deserialize)]
struct Kept {
    name: String,
    /// As ClickHouse spells it; empty for good.
    ttl: String,
}

impl Retention {
    /// The tables with the time their rows are kept by, and for how many days.
    const fn tables(&self) -> [(&'static str, &'static str, u32); 8] {
        [
            ("events", "slice_day", self.events_days),
            ("downloads", "day", self.people_days),
            ("deliveries", "day", self.people_days),
            ("identity_daily", "day", self.people_days),
            ("media_daily", "day", self.aggregates_days),
            ("collection_quarter_hourly", "toDate(quarter_hour)", self.aggregates_days),
            ("link_daily", "day", self.aggregates_days),
            ("quarantine", "toDate(appended_at)", self.quarantine_days),
        ]
    }
}

impl Store {
    /// Has every table keep its rows for as long as is said, and no statement run where that is so already: a changed one
    /// looks through all rows of its table.
    ///
    /// # Errors
    /// A statement failed; all may be repeated.
    pub async fn keep(&self, retention: &Retention) -> clickhouse::error::Result<()> {
        let kept = self.kept().await?;
        for (table, day, days) in retention.tables() {
            let parts = parts_of(table);
            let (place, rows) = match kept.iter().find(|kept| kept.name == parts) {
                Some(rows) => (format!("{parts}{}", on_cluster(self.cluster())), Some(rows)),
                None => (table.to_owned(), kept.iter().find(|kept| kept.name == table)),
            };
            let now = rows.map_or("", |kept| kept.ttl.as_str());
            let wanted = if days == 0 { String::new() } else { format!("{day} + toIntervalDay({days})") };
            if now == wanted {
                continue;
            }
            if table == "events"
                && let Some(days) = days_of(now)
            {
                // What went stays gone when more is kept from now on.
                self.write_gone_before(whole_since(days, Micros(clock::now_micros()).day())).await?;
            }
            let change = if days == 0 { "REMOVE TTL".to_owned() } else { format!("MODIFY TTL {wanted}") };
            self.database().query(&format!("ALTER TABLE {place} {change}")).execute().await?;
            tracing::info!(table, days, "rows are kept for so many days; 0 is for good");
        }
        Ok(())
    }

    /// For how many days rows are kept, by what the tables say of themselves.
    ///
    /// # Errors
    /// The query failed.
    pub async fn retention(&self) -> clickhouse::error::Result<Retention> {
        let kept = self.kept().await?;
        let days = |table: &str| {
            // A table before parts keeps nothing, and says nothing.
            let holds_rows = |kept: &&Kept| kept.name == table || kept.name == parts_of(table);
            kept.iter().filter(holds_rows).filter_map(|kept| days_of(&kept.ttl)).max().unwrap_or(0)
        };
        Ok(Retention {
            events_days: days("events"),
            people_days: days("downloads"),
            aggregates_days: days("media_daily"),
            quarantine_days: days("quarantine"),
        })
    }

    /// The first day of which every event is kept; none when all are. It never comes before one that it was: keeping more
    /// brings nothing back.
    ///
    /// # Errors
    /// A query failed.
    pub async fn events_whole_since(&self, today: Day) -> clickhouse::error::Result<Option<Day>> {
        let days = self.retention().await?.events_days;
        let told = (days > 0).then(|| whole_since(days, today));
        Ok(told.max(self.gone_before().await?.filter(|day| *day > Day(0))))
    }

    /// The same as of today; the first day there is when all are kept.
    ///
    /// # Errors
    /// A query failed.
    pub(crate) async fn first_whole_day(&self) -> clickhouse::error::Result<Day> {
        let today = Micros(clock::now_micros()).day();
        Ok(self.events_whole_since(today).await?.unwrap_or(Day(0)))
    }

    /// The first day of which events may be there, as it was noted last; none when nothing was.
    ///
    /// # Errors
    /// The query failed.
    pub(crate) async fn gone_before(&self) -> clickhouse::error::Result<Option<Day>> {
        Ok(self.reached(GONE).await?.slice.map(|slice| slice.day))
    }

    /// Notes that events of days before this one are gone, or were never here.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub(crate) async fn write_gone_before(&self, day: Day) -> clickhouse::error::Result<()> {
        let slice = SliceKey { account_id: AccountId(0), collection_id: CollectionId(0), day };
        self.write_reached(GONE, Reached { is_done: false, slice: Some(slice) }).await
    }

    async fn kept(&self) -> clickhouse::error::Result<Vec<Kept>> {
        let query = "SELECT name, extract(engine_full, ' TTL (.+) SETTINGS ') AS ttl FROM system.tables \
                     WHERE database = currentDatabase()";
        self.database().query(query).fetch_all().await
    }
}

/// The days in a TTL as [`Store::keep`] says it and ClickHouse spells it.
fn days_of(ttl: &str) -> Option<u32> {
    ttl.rsplit_once("toIntervalDay(")?.1.strip_suffix(')')?.parse().ok()
}
