//! Tables, a replica behind them, writes that are still on their way.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use loupe_projector::flush::{Flush, Step, StoredEvent};
use loupe_projector::fold::events::EventRow;
use loupe_projector::fold::lattice::{Lattice, Table, Tables};
use loupe_projector::fold::media_daily::MediaDailyRow;
use loupe_projector::fold::rows::Rows;
use loupe_projector::fold::slice_key::SliceKey;
use loupe_projector::store::LedgerRow;
use loupe_schemas::position::Position;
use loupe_schemas::topics;

use super::mistakes::Mistake;

/// 2026-01-01: `events` of one flush are one block for each year, so a crash may leave one year without the other.
const NEW_YEAR: u16 = 20_454;

/// One write of a flush, whole or in part.
#[derive(Debug, Clone)]
pub(super) struct Write {
    pub(super) step: Step,
    pub(super) flush: Arc<Flush>,
    /// Which tables, or which years of `events`, are written: one bit each.
    pub(super) parts: u32,
    /// The process that writes, as one life of it.
    pub(super) writer: u64,
}

/// What a replica knows.
#[derive(Default)]
struct Replica {
    events: Table<EventRow>,
    position: Position,
}

impl Replica {
    fn events(&mut self, rows: &[EventRow]) {
        rows.iter().for_each(|row| self.events.write(row));
    }

    fn ledger(&mut self, ledger: &[LedgerRow]) {
        for row in ledger {
            if let Some(topic) = topics::by_name(&row.topic) {
                self.position.advance(topic, row.partition, row.last_offset + 1);
            }
        }
    }
}

enum Change {
    Events(Vec<EventRow>),
    Ledger(Vec<LedgerRow>),
}

/// The store.
pub(super) struct Store {
    pub(super) tables: Tables,
    pub(super) quarantine: BTreeSet<(String, i32, i64)>,
    /// Of which records the quarantine topic has one or more.
    pub(super) letters: BTreeSet<(String, i32, i64)>,
    pub(super) ledger: Vec<LedgerRow>,
    position: Position,
    replica: Replica,
    unseen: VecDeque<Change>,
    mistake: Option<Mistake>,
    clock: u64,
    /// What each writer last said of a medium, for [`Mistake::DeltaRows`].
    said: BTreeMap<(u64, <MediaDailyRow as Lattice>::Key), u64>,
}

impl Store {
    pub(super) fn new(mistake: Option<Mistake>) -> Self {
        Self {
            tables: Tables::default(),
            quarantine: BTreeSet::new(),
            letters: BTreeSet::new(),
            ledger: Vec::new(),
            position: Position::default(),
            replica: Replica::default(),
            unseen: VecDeque::new(),
            mistake,
            clock: 0,
            said: BTreeMap::new(),
        }
    }

    /// Applies a write.
    pub(super) fn apply(&mut self, write: &Write) {
        self.clock += 1;
        match write.step {
            Step::Tables => self.tables(write),
            Step::Events => {
                let is_in_part = |row: &&EventRow| write.parts >> u32::from(row.slice_day >= NEW_YEAR) & 1 == 1;
                let rows: Vec<EventRow> = write.flush.rows.events.iter().filter(is_in_part).cloned().collect();
                rows.iter().for_each(|row| self.tables.events.write(row));
                self.unseen.push_back(Change::Events(rows));
            }
            Step::Ledger => {
                for row in &write.flush.ledger {
                    if let Some(topic) = topics::by_name(&row.topic) {
                        self.position.advance(topic, row.partition, row.last_offset + 1);
                    }
                }
                self.ledger.extend(write.flush.ledger.iter().cloned());
                self.unseen.push_back(Change::Ledger(write.flush.ledger.clone()));
            }
            Step::Quarantine => self.letters.extend(places(&write.flush)),
            Step::Reroute | Step::Commit => {}
        }
    }

    fn tables(&mut self, write: &Write) {
        let mut rows = in_part(&write.flush.rows, write.parts);
        if self.mistake == Some(Mistake::VersionByWallClock) {
            let version = self.clock;
            rows.downloads.iter_mut().for_each(|row| row.version = version);
            rows.deliveries.iter_mut().for_each(|row| row.version = version);
            rows.media_daily.iter_mut().for_each(|row| row.version = version);
            rows.identity_daily.iter_mut().for_each(|row| row.version = version);
        }
        if self.mistake == Some(Mistake::DeltaRows) {
            for row in &mut rows.media_daily {
                let said = self.said.insert((write.writer, row.key()), row.views).unwrap_or(0);
                let stored = self.tables.media_daily.rows().find(|stored| stored.key() == row.key());
                row.views = stored.map_or(0, |stored| stored.views) + row.views.saturating_sub(said);
                row.version = self.clock;
            }
        }
        self.tables.write(&rows);
        if write.parts & 1 == 1 {
            self.quarantine.extend(places(&write.flush));
        }
    }

    /// The replica sees one more change.
    pub(super) fn replicate(&mut self) {
        match self.unseen.pop_front() {
            Some(Change::Events(rows)) => self.replica.events(&rows),
            Some(Change::Ledger(rows)) => self.replica.ledger(&rows),
            None => {}
        }
    }

    /// The events of slices, from the tables or from the replica behind them, and how far that is.
    pub(super) fn slices(&self, keys: &[SliceKey], from_replica: bool) -> (Vec<StoredEvent>, Position) {
        let (events, position) = if from_replica {
            (&self.replica.events, &self.replica.position)
        } else {
            (&self.tables.events, &self.position)
        };
        let is_wanted = |row: &&EventRow| {
            keys.iter().any(|key| {
                (key.account_id.0, key.collection_id.0, key.day.0) == (row.account_id, row.collection_id, row.slice_day)
            })
        };
        let event = |row: &EventRow| StoredEvent { payload: row.payload.to_vec(), log_offset: row.log_offset };
        (events.rows().filter(is_wanted).map(event).collect(), position.clone())
    }

    /// How many offsets of a partition no range of the ledger names.
    pub(super) fn unaccounted(&self, topic: &str, partition: i32, end: i64) -> usize {
        let ranges: Vec<_> =
            self.ledger.iter().filter(|row| row.topic == topic && row.partition == partition).collect();
        let is_named = |offset: &i64| ranges.iter().any(|row| (row.first_offset..=row.last_offset).contains(offset));
        (0..end).filter(|offset| !is_named(offset)).count()
    }

    /// A range of the ledger that counts more or fewer records than it has offsets: the logs here have no gaps.
    pub(super) fn miscounted(&self) -> Option<&LedgerRow> {
        self.ledger.iter().find(|row| {
            let counted = row.folded + row.duplicate + row.quarantined + row.rerouted + row.canaries;
            i64::try_from(counted) != Ok(row.last_offset - row.first_offset + 1)
        })
    }
}

/// Where the records lie that a flush quarantines.
fn places(flush: &Flush) -> impl Iterator<Item = (String, i32, i64)> {
    flush.quarantine.iter().map(|row| (row.topic.clone(), row.partition, row.offset))
}

/// The rows of the tables whose bit is set; no events.
fn in_part(rows: &Rows, parts: u32) -> Rows {
    let mut part = Rows { events: Vec::new(), ..rows.clone() };
    let mut bit = 0;
    macro_rules! drop_unless_set {
        ($($table:ident),+) => {$(
            if parts >> bit & 1 == 0 {
                part.$table.clear();
            }
            bit += 1;
        )+};
    }
    drop_unless_set!(
        downloads,
        deliveries,
        media_daily,
        collection_quarter_hourly,
        identity_daily,
        link_daily,
        favorites,
        favorite_lists,
        stars,
        share_links,
        link_visitors,
        collections,
        collection_first_upserts,
        galleries,
        media,
        clients,
        edge_sequences
    );
    debug_assert_eq!(bit, 17);
    part
}
