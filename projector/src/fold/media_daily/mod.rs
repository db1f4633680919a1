//! `media_daily`: a medium in one rendition on one day.

use clickhouse::Row;
use loupe_schemas::event::Rendition;
use loupe_schemas::ids::MediaId;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::fold::Word;
use crate::fold::contribution::{Contribution, Tally};
use crate::fold::slice_key::SliceKey;
use crate::fold::uniques::Uniques;

/// The key inside a slice; views, plays and favourites have no rendition.
pub type Key = (MediaId, Option<Rendition>);

/// What is counted under a key.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    /// Unfiltered deliveries.
    pub attempts: u32,
    /// Completed ones.
    pub downloads: u32,
    /// Who completed one, by their numbers in the slice (rule 54).
    pub identities: Uniques,
    /// Bytes delivered of the medium.
    pub delivered_bytes: u64,
    /// Distinct views (rule 69).
    pub views: u32,
    /// Distinct plays (rule 69).
    pub plays: u32,
    /// Favourites set.
    pub favorites_added: u32,
    /// Favourites taken back.
    pub favorites_removed: u32,
}

/// A row of `media_daily`.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct MediaDailyRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub day: u16,
    pub media_id: u64,
    pub rendition: Word,
    pub attempts: u64,
    pub downloads: u64,
    pub unique_downloads: u64,
    pub delivered_bytes: u64,
    pub views: u64,
    pub plays: u64,
    pub favorites_added: u64,
    pub favorites_removed: u64,
    pub version: u64,
}

impl MediaDailyRow {
    /// Whether the row counts nothing: its key counted once, and what counted was taken back.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let nothing = Self {
            account_id: self.account_id,
            collection_id: self.collection_id,
            day: self.day,
            media_id: self.media_id,
            rendition: self.rendition.clone(),
            version: self.version,
            ..Self::default()
        };
        *self == nothing
    }
}

/// Adds the deliveries of a download of the identity with this number, or takes them back.
pub fn tally(cells: &mut FxHashMap<Key, Counters>, contribution: &Contribution, identity: u32, tally: Tally) {
    for medium in &contribution.media {
        let cell = cells.entry((medium.media_id, Some(contribution.rendition))).or_default();
        tally.count(&mut cell.attempts, 1);
        tally.count(&mut cell.delivered_bytes, medium.delivered_bytes);
        if medium.is_completed {
            tally.count(&mut cell.downloads, 1);
            cell.identities.tally(identity, tally);
        }
    }
}

/// The row of a key; zeros when nothing stands under it any more.
#[must_use]
pub fn row(slice: SliceKey, key: Key, cell: Option<&Counters>, version: u64) -> MediaDailyRow {
    let nothing = Counters::default();
    let cell = cell.unwrap_or(&nothing);
    MediaDailyRow {
        account_id: slice.account_id.0,
        collection_id: slice.collection_id.0,
        day: slice.day.0,
        media_id: key.0.0,
        rendition: key.1.map_or("", Rendition::as_str).into(),
        attempts: cell.attempts.into(),
        downloads: cell.downloads.into(),
        unique_downloads: cell.identities.distinct(),
        delivered_bytes: cell.delivered_bytes,
        views: cell.views.into(),
        plays: cell.plays.into(),
        favorites_added: cell.favorites_added.into(),
        favorites_removed: cell.favorites_removed.into(),
        version,
    }
}

#[cfg(test)]
mod tests {
    use crate::fold::fixture::{example, fold};

    #[test]
    fn rule_69_views_are_by_medium_and_half_minute_and_downloads_by_rendition() {
        let rows = fold(&[
            example("PhotoViewed", "full", 0),
            example("PhotoViewed", "full", 10),
            example("PhotoViewed", "full", 40),
            example("DownloadRequested", "full", 50),
        ]);
        let of = |rendition: &str| {
            rows.media_daily.iter().rev().find(|row| row.media_id == 731_100_245 && row.rendition == rendition).unwrap()
        };
        assert_eq!((of("").views, of("").attempts), (2, 0));
        assert_eq!((of("high_res").views, of("high_res").attempts, of("high_res").downloads), (0, 1, 0));
    }
}
