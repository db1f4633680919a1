//! What the log does not tell any more, from the tables that have it: events that Kafka has let go, what compaction took
//! of the catalogue, erasures first of all, and what people decided by hand.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use loupe_schemas::position::Position;
use loupe_schemas::time::Day;
use loupe_schemas::{Micros, topics};
use loupe_service::clock;

use crate::backfill::{EVENTS_MAX, LATER, Reached, write_anew};
use crate::config::Config;
use crate::erase::DONE;
use crate::flush::Decoding;
use crate::fold::slice_key::SliceKey;
use crate::log::{self, Bounds};
use crate::store::{Homes, LedgerRow, Store};

/// Tables whose rows join, so that a copy beside live writing changes nothing that folding does not. The erasures go
/// first: nothing may be folded before it is known who is not to be seen (rule 16).
const JOINING: [&str; 5] = [
    "erasures",
    "edge_sequences",
    "breaker_lifts",
    "quarantine_replays",
    // Events are carried with the offsets they were folded first at, which these tell the partitions of.
    "partition_counts",
];
/// What the catalogue's topic tells in full while it keeps its beginning.
const CATALOGUE: [&str; 4] = ["collections", "galleries", "media", "clients"];
/// What its tombstones delete. A deleted client is an order to erase, which each database has of its own.
const DELETED: [&str; 3] = ["collections", "galleries", "media"];

/// Read models of slices, with the column that says the day: carried as they are where the events they follow from are gone.
const OF_DAYS: [(&str, &str); 6] = [
    ("downloads", "day"),
    ("deliveries", "day"),
    ("media_daily", "day"),
    ("collection_quarter_hourly", "toDate(quarter_hour, 'UTC')"),
    ("identity_daily", "day"),
    ("link_daily", "day"),
];
/// Read models that outlive the events they follow from, and join; the definition has no say in them.
const FOR_GOOD: [&str; 4] = ["favorites", "favorite_lists", "stars", "share_links"];
/// The same, but by the definition: who came since the first day that is folded is told by its events.
const VISITORS: &str = "link_visitors";

/// The name among the notes of how far something is: all was carried once.
const ALL: &str = "what the log does not tell";

/// How far the events are that Kafka has let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carried {
    /// Events that were looked at since the start.
    pub events: u64,
    /// About how many there were to look at.
    pub of: u64,
}

/// Days, by what has their events. What is carried and what is folded is decided when the database is begun; the events of one
/// day more than that are still there, so one may end meanwhile.
#[derive(Debug, Clone, Copy)]
struct Spans {
    /// Before this day events were gone when the database was begun: its rows are carried as they are.
    begun: Day,
    /// From here on events are carried, and the table has every one; later than `begun` when all was carried once, and days have
    /// passed since.
    since: Day,
    /// Before this day records may be refused that were folded once: their events are carried, whatever Kafka has.
    refused_before: Day,
    /// Whether all was carried once, so that only what Kafka let go since then is left.
    is_carried: bool,
}

/// Below which offset Kafka has let go of each partition of the events topic, of those where it has.
type Below = BTreeMap<i32, i64>;

/// Carries everything.
pub(super) async fn carry(config: &Config, from: &Store, to: &Store, say: &dyn Fn(Carried)) -> anyhow::Result<()> {
    for table in JOINING {
        copy(from, to, table, "true").await?;
    }
    compacted(from, to).await?;
    // A receipt says of them what it said before; all other steps are taken in each database anew.
    copy(from, to, "erasure_steps", &format!("step = '{DONE}'")).await?;
    let spans = spans(from, to).await?;
    ensure_whole(config, from, to, &spans).await?;
    if spans.begun > Day(0) {
        // Once more, they would take the place of what was folded since by another definition.
        if !spans.is_carried {
            for (table, day) in OF_DAYS {
                copy(from, to, table, &format!("{day} < toDate({})", spans.begun.0)).await?;
            }
        }
        for table in FOR_GOOD {
            copy(from, to, table, "true").await?;
        }
        copy(from, to, VISITORS, &format!("toDate(first_opened_at, 'UTC') < toDate({})", spans.begun.0)).await?;
    }
    // Every read model is written live from the first event on: there is nothing to fill later.
    for model in LATER {
        to.write_reached(model.table, Reached { is_done: true, slice: None }).await?;
    }
    loop {
        let bounds = bounds(config)?;
        let below = let_go(&bounds);
        if !below.is_empty() || spans.refused_before > spans.since {
            let homes = super::homes(from).await?.with(bounds_count(&bounds));
            let gone = Gone { below: below.clone(), homes, refused_before: spans.refused_before };
            events(from, to, &gone, spans.since, say).await?;
        }
        // Kafka may have let go of more meanwhile.
        if let_go(&self::bounds(config)?) == below {
            ensure_whole(config, from, to, &spans).await?;
            rest(from, to, &bounds).await?;
            to.write_reached(ALL, Reached { is_done: true, slice: None }).await?;
            return Ok(());
        }
    }
}

/// What is carried how, as decided when the database was begun.
async fn spans(from: &Store, to: &Store) -> anyhow::Result<Spans> {
    let today = Micros(clock::now_micros()).day();
    let since = from.first_whole_day().await?;
    let begun = match to.gone_before().await? {
        Some(begun) => begun,
        None => {
            to.write_gone_before(since).await?;
            since
        }
    };
    let is_carried = to.reached(ALL).await?.is_done;
    let refused_before = if is_carried { Day(0) } else { from.retention().await?.admitted_since(today) };
    // Until all was carried once, it is the events of every day from the beginning on that are.
    let since = if is_carried { since } else { begun };
    Ok(Spans { begun, since, refused_before, is_carried })
}

/// Refuses to go on where events are gone that were to be folded: their rows were not carried, or lack what Kafka has let go of
/// before it was read.
async fn ensure_whole(config: &Config, from: &Store, to: &Store, spans: &Spans) -> anyhow::Result<()> {
    let (begun, since) = (spans.begun, from.first_whole_day().await?);
    if since.0 <= begun.0.saturating_add(1) {
        return Ok(());
    }
    ensure!(
        spans.is_carried,
        "{} was begun when {} still had the events of {begun}, and does not have them yet; now those of days before {since} are \
         going or gone: `--discard` drops it, and the next begins anew",
        to.name(),
        from.name()
    );
    let (reached, served) = (super::position(to).await?, super::position(from).await?);
    let unread = unread(&let_go(&bounds(config)?), &reached, &served);
    ensure!(
        unread == 0,
        "{} was left alone for too long: Kafka has let go of {unread} records that it has not read, and {} has none of their \
         events of days before {since} any more: `--discard` drops it, and the next begins anew",
        to.name(),
        from.name()
    );
    Ok(())
}

/// How many records Kafka has let go of that were served and are not read by whoever is as far as `reached`.
fn unread(below: &Below, reached: &Position, served: &Position) -> i64 {
    let next = |position: &Position, partition| position.next_offset(&topics::EVENTS, partition).unwrap_or(0);
    let of =
        |(partition, first): (&i32, &i64)| (next(served, *partition).min(*first) - next(reached, *partition)).max(0);
    below.iter().map(of).sum()
}

fn bounds(config: &Config) -> anyhow::Result<Vec<Bounds>> {
    tokio::task::block_in_place(|| log::bounds(config)).context("Kafka")
}

fn let_go(bounds: &[Bounds]) -> Below {
    let events = bounds.iter().filter(|bounds| bounds.topic == &topics::EVENTS && bounds.first > 0);
    events.map(|bounds| (bounds.partition, bounds.first)).collect()
}

fn bounds_count(bounds: &[Bounds]) -> i32 {
    let count = bounds.iter().filter(|bounds| bounds.topic == &topics::EVENTS).count();
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// What is carried once the events are: quarantined records and ledger ranges of offsets that Kafka has let go, and the
/// catalogue where its beginning is gone.
async fn rest(from: &Store, to: &Store, bounds: &[Bounds]) -> anyhow::Result<()> {
    for bounds in bounds.iter().filter(|bounds| bounds.first > 0) {
        if bounds.topic == &topics::CATALOG {
            for table in CATALOGUE {
                copy(from, to, table, "true").await?;
            }
        }
        let Bounds { topic, partition, first, .. } = *bounds;
        let gone = format!("topic = '{}' AND partition = {partition}", topic.name);
        copy(from, to, "quarantine", &format!("{gone} AND offset < {first}")).await?;
        let ranges = ranges(from, &gone, first).await?;
        if !ranges.is_empty() {
            to.write_ledger(&ranges).await?;
        }
    }
    Ok(())
}

/// What compaction takes of the catalogue's topic, whose beginning Kafka has: first upserts, and some two weeks after an entry
/// was deleted that it was. Whoever read it before and not since would keep the entry.
pub(super) async fn compacted(from: &Store, to: &Store) -> anyhow::Result<()> {
    copy(from, to, "collection_first_upserts", "true").await?;
    for table in DELETED {
        // `FINAL` shows none of these.
        copy_rows(from, to, table, "WHERE is_deleted = 1").await?;
    }
    Ok(())
}

/// Copies how many partitions the topic of events has had, and since when each count is known.
pub(super) async fn partition_counts(from: &Store, to: &Store) -> anyhow::Result<()> {
    copy(from, to, "partition_counts", "true").await
}

/// Copies the latest rows of a table that both databases have, by the columns that both have.
async fn copy(from: &Store, to: &Store, table: &str, condition: &str) -> anyhow::Result<()> {
    copy_rows(from, to, table, &format!("FINAL WHERE {condition}")).await
}

/// The same for the rows that are `meant`, as a statement says it after the table.
async fn copy_rows(from: &Store, to: &Store, table: &str, meant: &str) -> anyhow::Result<()> {
    let query = "SELECT name FROM system.columns WHERE table = ? AND database IN (?, ?) GROUP BY name \
                 HAVING count() = 2 ORDER BY name";
    let client = from.anywhere();
    let columns = client.query(query).bind(table).bind(from.name()).bind(to.name());
    let columns: Vec<String> = columns.fetch_all().await.with_context(|| format!("the columns of {table}"))?;
    let columns = columns.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (from, to) = (from.name(), to.name());
    let statement =
        format!("INSERT INTO `{to}`.`{table}` ({columns}) SELECT {columns} FROM `{from}`.`{table}` {meant}");
    client.query(&statement).execute().await.with_context(|| format!("carrying {table}"))
}

/// Which events the log does not tell any more.
struct Gone {
    below: Below,
    /// Where events lay when they were folded first.
    homes: Homes,
    /// Records of days before are refused by now.
    refused_before: Day,
}

impl Gone {
    /// Whether an event of a slice is, by the offset it was folded first at. Of two partitions it may have been folded
    /// from, either may be meant: what the log tells as well counts once.
    fn has(&self, key: &SliceKey, offset: i64) -> bool {
        key.day < self.refused_before || self.first(key).is_some_and(|first| offset < first)
    }

    /// Whether some event of a slice may be.
    fn has_some(&self, key: &SliceKey) -> bool {
        key.day < self.refused_before || self.first(key).is_some()
    }

    /// The latest of the first offsets that Kafka has of where a slice's events may lie, of partitions that have lost some.
    fn first(&self, key: &SliceKey) -> Option<i64> {
        let key = key.collection_id.to_string();
        self.homes.of(key.as_bytes()).filter_map(|home| self.below.get(&home).copied()).max()
    }
}

/// Folds the events that Kafka has let go, or would be refused, slice by slice, each at the offset at which it was folded first.
/// Of days before the first whole one some events are gone from the table too: their rows are carried as they are.
async fn events(from: &Store, to: &Store, gone: &Gone, since: Day, say: &dyn Fn(Carried)) -> anyhow::Result<()> {
    // How far it is, is noted for these offsets: for others it begins anew.
    let counts: Vec<i32> = gone.homes.counts().collect();
    let note = format!(
        "events below {:?} by {counts:?} partitions or of before {} of {}",
        gone.below,
        gone.refused_before.0,
        from.name()
    );
    let mut decoding = Decoding::on_all_cores(to.decoder().await?);
    let mut reached = to.reached(&note).await?;
    let of = if reached.is_done { 0 } else { from.events_after(reached.slice, since).await? };
    let mut carried = Carried { events: 0, of };
    while !reached.is_done {
        say(carried);
        let (keys, events) = from.some_slices_after(reached.slice, since, EVENTS_MAX).await?;
        match keys.last() {
            Some(last) => {
                let keys: Vec<SliceKey> = keys.iter().filter(|key| gone.has_some(key)).copied().collect();
                write_anew(from, to, &mut decoding, &keys, &|key, offset| gone.has(key, offset)).await?;
                reached.slice = Some(*last);
            }
            None => reached.is_done = true,
        }
        to.write_reached(&note, reached).await?;
        carried.events += events;
    }
    say(carried);
    Ok(())
}

/// The ledger's ranges below an offset. One that reaches over it is cut: of what it counts, what lies below is not known
/// by kind, so all of it is named as folded before.
async fn ranges(from: &Store, of: &str, below: i64) -> anyhow::Result<Vec<LedgerRow>> {
    let query = format!("SELECT ?fields FROM ledger FINAL WHERE {of} AND first_offset < {below} ORDER BY first_offset");
    let ranges: Vec<LedgerRow> = from.database().query(&query).fetch_all().await.context("the ledger")?;
    Ok(ranges.into_iter().map(|range| cut(range, below)).collect())
}

fn cut(range: LedgerRow, below: i64) -> LedgerRow {
    if range.last_offset < below {
        return range;
    }
    LedgerRow {
        last_offset: below - 1,
        folded: (below - range.first_offset).max(0).unsigned_abs(),
        duplicate: 0,
        quarantined: 0,
        rerouted: 0,
        canaries: 0,
        ..range
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loupe_schemas::ids::{AccountId, CollectionId};
    use loupe_schemas::partition::partition_of;

    #[test]
    fn a_range_that_reaches_over_what_the_log_has_is_cut_there() {
        let range = |last_offset| LedgerRow {
            topic: topics::EVENTS.name.to_owned(),
            partition: 1,
            first_offset: 10,
            last_offset,
            folded: 7,
            duplicate: 2,
            quarantined: 1,
            rerouted: 0,
            canaries: 0,
            canary_at: 0,
        };
        let whole = cut(range(19), 20);
        assert_eq!((whole.last_offset, whole.folded, whole.duplicate, whole.quarantined), (19, 7, 2, 1));
        let part = cut(range(19), 15);
        assert_eq!((part.first_offset, part.last_offset), (10, 14));
        assert_eq!((part.folded, part.duplicate, part.quarantined, part.rerouted), (5, 0, 0, 0));
    }

    #[test]
    fn an_event_is_gone_where_kafka_let_go_of_any_partition_it_may_have_been_folded_from() {
        let key = |collection, day| SliceKey {
            account_id: AccountId(1),
            collection_id: CollectionId(collection),
            day: Day(day),
        };
        let of = |collection: u64, count| partition_of(collection.to_string().as_bytes(), count);
        let moved = 90_516_387;
        assert_ne!(of(moved, 12), of(moved, 20), "a key that moves");
        let below = BTreeMap::from([(of(moved, 12), 7)]);
        let gone = |counts: &[i32]| Gone {
            below: below.clone(),
            homes: counts.iter().copied().collect(),
            refused_before: Day(3),
        };
        let known = gone(&[12, 20]);
        assert!(known.has_some(&key(moved, 5)) && known.has(&key(moved, 5), 6) && !known.has(&key(moved, 5), 7));
        assert!(!gone(&[20]).has_some(&key(moved, 5)));
        assert!(gone(&[20]).has_some(&key(moved, 2)) && gone(&[20]).has(&key(moved, 2), 99), "refused by now");
    }

    #[test]
    fn only_what_was_served_and_neither_read_nor_kept_by_kafka_is_unread() {
        let position = |entries: &[(i32, i64)]| {
            let mut position = Position::default();
            entries.iter().for_each(|(partition, next)| position.advance(&topics::EVENTS, *partition, *next));
            position
        };
        let below = BTreeMap::from([(0, 50), (1, 50), (2, 50), (3, 50)]);
        let served = position(&[(0, 90), (1, 90), (2, 10)]);
        assert_eq!(unread(&below, &position(&[(0, 50), (1, 60), (2, 10)]), &served), 0, "the log has the rest");
        assert_eq!(unread(&below, &position(&[(0, 47), (1, 60), (2, 8)]), &served), 3 + 2);
        assert_eq!(unread(&below, &Position::default(), &served), 50 + 50 + 10);
        assert_eq!(unread(&BTreeMap::new(), &Position::default(), &served), 0, "Kafka has everything");
    }

    #[test]
    fn only_partitions_of_events_whose_beginning_is_gone_are_carried() {
        let bounds = |topic, partition, first| Bounds { topic, partition, first, end: 100 };
        let all = [bounds(&topics::EVENTS, 0, 0), bounds(&topics::EVENTS, 1, 7), bounds(&topics::CATALOG, 0, 9)];
        assert_eq!((let_go(&all), bounds_count(&all)), (BTreeMap::from([(1, 7)]), 2));
    }
}
