//! Tables from stored events. Fills read models that are younger than the events: slice by slice from `events`, by the fold
//! that writes them live.
//!
//! A step is a few slices: their events are read back as for hydration, folded, and the rows of the one read model are
//! written with the versions that a projector which had just folded these events would give them. So a step may be
//! repeated, and may run beside live writing and beside another projector's backfill: it is one more writer of
//! prefixes of a slice's log, and the larger version stays. Only a projector from before the read model must not write
//! any more, since what it folds has no rows here.

mod anew;
mod query;

pub(crate) use anew::write_anew;

use loupe_schemas::time::Day;

use crate::flush::{Decoding, Meant, UnreadableState};
use crate::fold::rows::Rows;
use crate::fold::slice_key::SliceKey;
use crate::served::UnknownDefinition;
use crate::store::Store;

/// The most slices of a step.
const SLICES_MAX: usize = 5_000;
/// The most events of a step, if its first slice alone has not more: what bounds the memory.
pub const EVENTS_MAX: u64 = 100_000;

/// A read model that `events` written before it lack.
#[derive(Debug)]
pub struct ReadModel {
    /// Its table.
    pub table: &'static str,
    /// Its rows among all.
    only: fn(Rows) -> Rows,
}

/// Every read model that came after the first events were stored; new ones go at the end.
pub const LATER: &[ReadModel] = &[ReadModel {
    table: "identity_daily",
    only: |rows| Rows { identity_daily: rows.identity_daily, ..Rows::default() },
}];

/// Why a step was not taken; it may be tried again.
#[derive(Debug, thiserror::Error)]
pub enum BackfillError {
    /// ClickHouse could not be asked, or could not write.
    #[error(transparent)]
    Store(#[from] clickhouse::error::Error),
    /// An event this version cannot read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableState),
    /// The tables follow a definition that this program does not know.
    #[error(transparent)]
    Definition(#[from] UnknownDefinition),
}

/// How far a read model is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Reached {
    pub(crate) is_done: bool,
    /// The last slice whose rows are written, in the order of keys.
    pub(crate) slice: Option<SliceKey>,
}

/// A read model that is being filled.
pub struct Backfill<'s> {
    store: &'s Store,
    model: &'static ReadModel,
    events_max: u64,
    decoding: Decoding,
    reached: Reached,
    /// The first day of which all events are kept; earlier slices would be filled by halves.
    since: Day,
    filled: u64,
    left: u64,
}

impl<'s> Backfill<'s> {
    /// Takes up a read model's backfill where it was left, with steps of about `events_max` events.
    ///
    /// # Errors
    /// ClickHouse could not be asked.
    pub async fn resume(store: &'s Store, model: &'static ReadModel, events_max: u64) -> Result<Self, BackfillError> {
        let reached = store.reached(model.table).await?;
        let since = store.first_whole_day().await?;
        let left = if reached.is_done { 0 } else { store.events_after(reached.slice, since).await? };
        let decoding = Decoding::on_all_cores(store.decoder().await?);
        Ok(Self { store, model, events_max, decoding, reached, since, filled: 0, left })
    }

    /// Whether every slice has its rows.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.reached.is_done
    }

    /// How many events were folded since [`Self::resume`], and about how many there were to fold.
    #[must_use]
    pub const fn progress(&self) -> (u64, u64) {
        (self.filled, self.left)
    }

    /// Fills the next slices, or notes that none are left. Dropped or failed, it changes nothing that the next step
    /// does not do again.
    ///
    /// # Errors
    /// ClickHouse, or a stored event that cannot be read.
    pub async fn step(&mut self) -> Result<(), BackfillError> {
        let mut reached = self.reached;
        let (keys, events) = self.store.some_slices_after(reached.slice, self.since, self.events_max).await?;
        match keys.last() {
            Some(last) => {
                self.fill(&keys).await?;
                reached.slice = Some(*last);
            }
            None => reached.is_done = true,
        }
        self.store.write_reached(self.model.table, reached).await?;
        self.reached = reached;
        self.filled += events;
        Ok(())
    }

    async fn fill(&mut self, keys: &[SliceKey]) -> Result<(), BackfillError> {
        let rows = anew::rows_of(self.store, &mut self.decoding, keys, Meant::Here).await?;
        self.store.write_tables(&(self.model.only)(rows), &[]).await?;
        Ok(())
    }
}
