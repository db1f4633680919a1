//! `client_daily`: what a client did in a collection on one day.

use clickhouse::Row;
use loupe_schemas::Micros;
use loupe_schemas::ids::ClientId;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::fold::contribution::{Contribution, Tally};
use crate::fold::slice_key::SliceKey;

/// The key inside a slice; anonymous actors share `None` (rule 14).
pub type Key = Option<ClientId>;

/// What is counted under a key.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each is the column of its name, documented in the table's DDL")]
pub struct Counters {
    pub attempts: u64,
    pub downloads: u64,
    pub delivered_bytes: u64,
    pub visits: u64,
    pub views: u64,
    pub plays: u64,
    pub opens: u64,
    pub favorites_added: u64,
    pub favorites_removed: u64,
    pub first_at: Option<Micros>,
    pub last_at: Option<Micros>,
}

/// A row of `client_daily`.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct ClientDailyRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub client_id: String,
    pub day: u16,
    pub attempts: u64,
    pub downloads: u64,
    pub delivered_bytes: u64,
    pub visits: u64,
    pub views: u64,
    pub plays: u64,
    pub opens: u64,
    pub favorites_added: u64,
    pub favorites_removed: u64,
    pub first_at: i64,
    pub last_at: i64,
    pub version: u64,
}

impl ClientDailyRow {
    /// Whether the row counts nothing: its key counted once, and what counted was taken back.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let nothing = Self {
            account_id: self.account_id,
            collection_id: self.collection_id,
            client_id: self.client_id.clone(),
            day: self.day,
            version: self.version,
            ..Self::default()
        };
        *self == nothing
    }
}

impl Counters {
    /// Widens the span of the client's own deeds; it only ever grows, so order does not matter.
    pub fn seen_at(&mut self, at: Micros) {
        self.first_at = Some(self.first_at.map_or(at, |first| first.min(at)));
        self.last_at = Some(self.last_at.map_or(at, |last| last.max(at)));
    }
}

/// Adds an unfiltered download, or takes it back.
pub fn tally(cells: &mut FxHashMap<Key, Counters>, contribution: &Contribution, tally: Tally) {
    let cell = cells.entry(contribution.client_id.clone()).or_default();
    tally.count(&mut cell.attempts, 1);
    tally.count(&mut cell.downloads, u64::from(contribution.is_completed));
    tally.count(&mut cell.delivered_bytes, contribution.delivered_bytes);
}

/// The row of a key; zeros when nothing stands under it any more.
#[must_use]
pub fn row(slice: SliceKey, key: &Key, cell: Option<&Counters>, version: u64) -> ClientDailyRow {
    let cell = cell.cloned().unwrap_or_default();
    ClientDailyRow {
        account_id: slice.account_id.0,
        collection_id: slice.collection_id.0,
        client_id: key.as_ref().map(ToString::to_string).unwrap_or_default(),
        day: slice.day.0,
        attempts: cell.attempts,
        downloads: cell.downloads,
        delivered_bytes: cell.delivered_bytes,
        visits: cell.visits,
        views: cell.views,
        plays: cell.plays,
        opens: cell.opens,
        favorites_added: cell.favorites_added,
        favorites_removed: cell.favorites_removed,
        first_at: cell.first_at.unwrap_or(slice.day.start()).0,
        last_at: cell.last_at.unwrap_or(slice.day.start()).0,
        version,
    }
}

#[cfg(test)]
mod tests {
    use crate::fold::fixture::{AT, event, example, fold};

    #[test]
    fn a_clients_day_counts_deeds_and_spans_them() {
        let rows = fold(&[
            example("VisitStarted", "full", 0),
            example("PhotoViewed", "full", 1),
            example("FavoriteAdded", "full", 2),
            example("FavoriteRemoved", "full", 3),
        ]);
        let [row] = &rows.client_daily[..] else { panic!("one client: {:?}", rows.client_daily) };
        assert_eq!((row.visits, row.views, row.favorites_added, row.favorites_removed), (1, 1, 1, 1));
        assert_eq!((row.first_at, row.last_at), (AT.0, AT.0 + 3_000_000));
    }

    #[test]
    fn rule_14_anonymous_actors_share_one_row() {
        let rows = fold(&[
            event("VisitStarted", "full", 0, |event| event.head.actor.as_mut().unwrap().client_id = None),
            example("VisitStarted", "minimal", 60),
        ]);
        let anonymous: Vec<_> = rows.client_daily.iter().filter(|row| row.client_id.is_empty()).collect();
        assert_eq!(anonymous.len(), 1);
    }
}
