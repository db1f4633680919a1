//! `collection_quarter_hourly`: a collection in one quarter of an hour, by kind of download.

use clickhouse::Row;
use loupe_schemas::Micros;
use loupe_schemas::event::DownloadKind;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::fold::Word;
use crate::fold::contribution::{Contribution, Tally};
use crate::fold::download::IdleStatus;
use crate::fold::slice_key::SliceKey;

/// The key inside a slice: the start of the quarter hour, and the kind of download or none.
pub type Key = (Micros, Option<DownloadKind>);

/// What is counted under a key.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each is the column of its name, documented in the table's DDL")]
pub struct Counters {
    pub attempts: u32,
    pub downloads: u32,
    pub failed: u32,
    pub partial: u32,
    pub abandoned: u32,
    pub transferred_bytes: u64,
    pub delivered_bytes: u64,
    pub filtered_bytes: u64,
    pub visits: u32,
    pub views: u32,
    pub plays: u32,
    pub opens: u32,
    pub favorites_added: u32,
    pub favorites_removed: u32,
}

/// A row of `collection_quarter_hourly`.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct CollectionQuarterHourRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub quarter_hour: i64,
    pub kind: Word,
    pub attempts: u64,
    pub downloads: u64,
    pub failed: u64,
    pub partial: u64,
    pub abandoned: u64,
    pub transferred_bytes: u64,
    pub delivered_bytes: u64,
    pub filtered_bytes: u64,
    pub visits: u64,
    pub views: u64,
    pub plays: u64,
    pub opens: u64,
    pub favorites_added: u64,
    pub favorites_removed: u64,
    pub version: u64,
}

impl CollectionQuarterHourRow {
    /// Whether the row counts nothing: its key counted once, and what counted was taken back.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let nothing = Self {
            account_id: self.account_id,
            collection_id: self.collection_id,
            quarter_hour: self.quarter_hour,
            kind: self.kind.clone(),
            version: self.version,
            ..Self::default()
        };
        *self == nothing
    }
}

/// Adds a download, or takes it back. A filtered action adds nothing but its filtered bytes.
pub fn tally(cells: &mut FxHashMap<Key, Counters>, contribution: &Contribution, tally: Tally) {
    let key = (contribution.requested_at.quarter_hour(), Some(contribution.kind));
    let cell = cells.entry(key).or_default();
    tally.count(&mut cell.filtered_bytes, contribution.filtered_bytes);
    if contribution.is_filtered {
        return;
    }
    tally.count(&mut cell.attempts, 1);
    tally.count(&mut cell.transferred_bytes, contribution.transferred_bytes);
    tally.count(&mut cell.delivered_bytes, contribution.delivered_bytes);
    let outcome = match (contribution.is_completed, contribution.idle) {
        (true, _) => &mut cell.downloads,
        (false, IdleStatus::Failed) => &mut cell.failed,
        (false, IdleStatus::Partial) => &mut cell.partial,
        (false, IdleStatus::Abandoned) => &mut cell.abandoned,
    };
    tally.count(outcome, 1);
}

/// The row of a key; zeros when nothing stands under it any more.
#[must_use]
pub fn row(slice: SliceKey, key: Key, cell: Option<&Counters>, version: u64) -> CollectionQuarterHourRow {
    let cell = cell.cloned().unwrap_or_default();
    CollectionQuarterHourRow {
        account_id: slice.account_id.0,
        collection_id: slice.collection_id.0,
        quarter_hour: key.0.0,
        kind: key.1.map_or("", DownloadKind::as_str).into(),
        attempts: cell.attempts.into(),
        downloads: cell.downloads.into(),
        failed: cell.failed.into(),
        partial: cell.partial.into(),
        abandoned: cell.abandoned.into(),
        transferred_bytes: cell.transferred_bytes,
        delivered_bytes: cell.delivered_bytes,
        filtered_bytes: cell.filtered_bytes,
        visits: cell.visits.into(),
        views: cell.views.into(),
        plays: cell.plays.into(),
        opens: cell.opens.into(),
        favorites_added: cell.favorites_added.into(),
        favorites_removed: cell.favorites_removed.into(),
        version,
    }
}

#[cfg(test)]
mod tests {
    use loupe_schemas::event::Role;

    use crate::fold::fixture::{AT, event, example, fold};

    #[test]
    fn a_download_counts_at_its_click_and_a_view_at_its_time() {
        let rows = fold(&[
            example("DownloadRequested", "film", 0),
            example("TransferSegment", "full", 1),
            example("PhotoViewed", "full", 1_800),
        ]);
        let mut rows = rows.collection_quarter_hourly;
        rows.sort_by_key(|row| row.quarter_hour);
        let [download, view] = &rows[..] else { panic!("{rows:?}") };
        // The film was asked for at 18:04:13 (rule 1), the view was at 18:35.
        assert_eq!((download.quarter_hour, download.kind.as_ref()), (AT.0 - 300_000_000, "video"));
        assert_eq!((download.attempts, download.downloads, download.partial), (1, 0, 1));
        assert_eq!(download.transferred_bytes, 418_554_959);
        assert_eq!((view.quarter_hour, view.views, view.attempts), (AT.0 + 1_500_000_000, 1, 0));
    }

    #[test]
    fn rule_27_a_filtered_action_adds_nothing_but_filtered_bytes() {
        let rows = fold(&[
            event("DownloadRequested", "film", 0, |event| event.head.actor.as_mut().unwrap().role = Role::Owner),
            example("TransferSegment", "full", 1),
        ]);
        let [row] = &rows.collection_quarter_hourly[..] else { panic!("{:?}", rows.collection_quarter_hourly) };
        assert_eq!((row.attempts, row.transferred_bytes, row.filtered_bytes), (0, 0, 418_554_959));
    }
}
