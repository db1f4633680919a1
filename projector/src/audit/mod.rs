//! Recomputes collections from their events, and compares every read model with what is stored.
//!
//! The events come from Kafka, and from `events` where Kafka has let go; without Kafka from `events` alone, which then
//! are taken for the truth. Catalogue entries are on the log alone, so only an audit from Kafka compares them.

mod kept;
mod logged;
mod select;

pub use select::Choice;

use std::collections::BTreeMap;
use std::time::Duration;

use loupe_schemas::ids::EventId;
use loupe_schemas::time::Day;
use loupe_schemas::{Event, Micros};
use loupe_service::clock;
use rdkafka::error::KafkaError;

use crate::Config;
use crate::fold::erasures::Erasures;
use crate::fold::filter::Lists;
use crate::fold::lattice::{Difference, Table, Tables};
use crate::fold::recompute::recompute_by;
use crate::log::Decoder;
use crate::served::UnknownDefinition;
use crate::store::{Scope, Store};
use logged::Log;

/// A collection that is written while it is audited differs for a moment: it is looked at so often.
const ATTEMPTS: usize = 5;
/// And so often more while a client of the account is being erased, whose rows stand twice until that is done.
const ATTEMPTS_ERASING: usize = 60;
const PAUSE: Duration = Duration::from_secs(2);
const DIFFERENCES_MAX: usize = 100;

/// A collection of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Collection {
    /// The account.
    pub account_id: u64,
    /// The collection.
    pub collection_id: u64,
}

/// What an audit of one collection found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The collection.
    pub collection: Collection,
    /// How many distinct events it was recomputed from.
    pub events: usize,
    /// How many rows were compared.
    pub rows: usize,
    /// Where the stored rows (theirs) differ from the recomputed ones (mine); at most a hundred of each table.
    pub differences: Vec<Difference>,
}

/// Why a collection could not be audited.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// ClickHouse could not be asked.
    #[error("ClickHouse: {0}")]
    Store(#[from] clickhouse::error::Error),
    /// Kafka could not be read.
    #[error("Kafka: {0}")]
    Log(#[from] KafkaError),
    /// The tables follow a definition that this program does not know.
    #[error(transparent)]
    Definition(#[from] UnknownDefinition),
    /// A stored event that this version cannot read.
    #[error("a stored event cannot be read: {0}")]
    Unreadable(String),
}

/// Where events are recomputed from.
pub enum Source<'c> {
    /// The table `events`.
    Events,
    /// Kafka, and `events` where it has let go.
    Kafka(&'c Config),
}

type Events = BTreeMap<EventId, (Event, Vec<u8>)>;

/// What is stored of a collection, and who was erased by then.
struct Found {
    tables: Tables,
    erasures: Erasures,
}

/// Audits collections, and shows the report of each: first of all that do not differ, whose events are read from Kafka at
/// once; then of the others, looked at one by one.
///
/// # Errors
/// The events or the tables cannot be read.
pub async fn collections(
    store: &Store,
    collections: &[Collection],
    source: &Source<'_>,
    mut see: impl FnMut(&Report),
) -> Result<(), AuditError> {
    let mut differing = Vec::new();
    let mut rest = collections;
    while !rest.is_empty() {
        let (log, count) = read(store, rest, source).await?;
        let (these, others) = rest.split_at(count);
        for collection in these {
            let found = find(store, *collection).await?;
            let report = compare(store, *collection, found, log.as_ref()).await?;
            if report.differences.is_empty() {
                see(&report);
            } else {
                differing.push(*collection);
            }
        }
        rest = others;
    }
    for collection in differing {
        see(&self::collection(store, collection, source).await?);
    }
    Ok(())
}

/// Audits one collection. What differs because it is being written, or because a client is being erased, is looked at again.
///
/// # Errors
/// The events or the tables cannot be read.
pub async fn collection(store: &Store, collection: Collection, source: &Source<'_>) -> Result<Report, AuditError> {
    let (mut attempts, mut attempts_erasing) = (0, 0);
    loop {
        // Asked first: an erasure that ends meanwhile may have been seen half done.
        if is_erasing(store, collection.account_id).await? {
            attempts_erasing += 1;
        } else {
            attempts += 1;
        }
        // Found first, and the position right after: what is written while the log is read is then in neither.
        let found = find(store, collection).await?;
        let (log, _) = read(store, &[collection], source).await?;
        let report = compare(store, collection, found, log.as_ref()).await?;
        if report.differences.is_empty() || attempts == ATTEMPTS || attempts_erasing == ATTEMPTS_ERASING {
            return Ok(report);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn is_erasing(store: &Store, account_id: u64) -> Result<bool, AuditError> {
    let orders = store.erasure_orders().await?;
    Ok(orders.iter().any(|order| order.account_id.0 == account_id))
}

/// What the log has of as many of the collections as there is room for, and how many those are.
async fn read(
    store: &Store,
    collections: &[Collection],
    source: &Source<'_>,
) -> Result<(Option<Log>, usize), AuditError> {
    let Source::Kafka(config) = source else { return Ok((None, collections.len())) };
    let until = store.position().await?;
    let (homes, retention) = (store.homes().await?, store.retention().await?);
    let (log, count) = tokio::task::block_in_place(|| Log::read(config, collections, &until, homes, retention))?;
    Ok((Some(log), count))
}

async fn find(store: &Store, collection: Collection) -> Result<Found, AuditError> {
    let scope = Scope { account_id: collection.account_id, collection_id: Some(collection.collection_id) };
    // The tables last: nothing is to come between them and the position that the log is read up to.
    let erasures = store.erasures().await?;
    Ok(Found { tables: store.tables(scope).await?, erasures })
}

async fn compare(store: &Store, collection: Collection, found: Found, log: Option<&Log>) -> Result<Report, AuditError> {
    let Found { tables: mut found, erasures } = found;
    let mut events = match log {
        None => stored(&found, None)?,
        Some(log) => {
            // A record that is refused by now may have been folded while events were kept for longer.
            let refused_before = log.retention.admitted_since(Micros(clock::now_micros()).day());
            let mut events = stored(&found, log.is_whole.then_some(refused_before))?;
            events.extend(log.events_of(collection));
            events
        }
    };
    // The log keeps what a person did under their own id for as long as it keeps anything; the tables do not (rule 16).
    let lists = Lists::of(&store.definition().await?);
    for (event, payload) in events.values_mut() {
        if let Some(replacement) = erasures.replacement(event, &lists) {
            (*event, *payload) = replacement;
        }
    }
    let mut expected = recompute_by(&lists, events.values().map(|(event, payload)| (event, payload.as_slice())));
    // Sequence numbers belong to edges; clients to the account, whose other collections are not looked at.
    expected.edge_sequences = Table::default();
    expected.clients = Table::default();
    expected.erasures = Table::default();
    // The first upsert of a collection may have been compacted away; the table remembers it.
    expected.collection_first_upserts = Table::default();
    found.collection_first_upserts = Table::default();
    if log.is_none() {
        found.collections = Table::default();
        found.galleries = Table::default();
        found.media = Table::default();
    }
    // What is gone is not recomputed; the numbers it left behind are not compared.
    if let Some(day) = store.events_whole_since(Micros(clock::now_micros()).day()).await? {
        kept::since(day, &mut expected, &mut found);
    }
    let differences = expected.differences(&found, DIFFERENCES_MAX);
    Ok(Report { collection, events: events.len(), rows: found.shown_rows(), differences })
}

/// The stored events, of days before one alone when it is given.
fn stored(tables: &Tables, before: Option<Day>) -> Result<Events, AuditError> {
    let decoder = Decoder::default();
    let mut events = Events::new();
    for row in tables.events.rows().filter(|row| before.is_none_or(|day| row.slice_day < day.0)) {
        let event = decoder.decode_stored(&row.payload);
        let event = event.map_err(|error| AuditError::Unreadable(error.to_string()))?;
        events.insert(event.head.event_id, (*event, row.payload.to_vec()));
    }
    Ok(events)
}
