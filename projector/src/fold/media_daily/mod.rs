//! `media_daily`: a medium in one rendition on one day.

use clickhouse::Row;
use loupe_schemas::event::Rendition;
use loupe_schemas::ids::MediaId;
use serde::{Deserialize, Serialize};

use crate::fold::Word;
use crate::fold::contribution::{Contribution, Tally};
use crate::fold::keyed::Keyed;
use crate::fold::slice_key::SliceKey;
use crate::fold::uniques::Uniques;

/// The key inside a slice; views, plays and favourites have no rendition.
pub type Key = (MediaId, Option<Rendition>);

/// What is counted of a medium in no rendition.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Distinct views (rule 69).
    pub views: u32,
    /// Distinct plays (rule 69).
    pub plays: u32,
    /// Favourites set.
    pub favorites_added: u32,
    /// Favourites taken back.
    pub favorites_removed: u32,
}

/// What is counted of a medium in a rendition.
#[derive(Debug, Clone, Default)]
struct Delivered {
    /// Unfiltered deliveries.
    attempts: u32,
    /// Completed ones.
    downloads: u32,
    /// Who completed one, by their numbers in the slice (rule 54).
    identities: Uniques,
    /// Bytes delivered of the medium.
    delivered_bytes: u64,
}

/// The media of a slice. What is counted with and without a rendition is kept apart, as the one is never of the other.
#[derive(Debug, Clone, Default)]
pub struct Media {
    seen: Keyed<MediaId, Seen>,
    delivered: Keyed<(MediaId, Rendition), Delivered>,
    /// What uniques have allocated for themselves.
    allocated: usize,
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

impl Media {
    /// The number of a medium among those that were seen, and what is counted of it in no rendition.
    pub fn seen(&mut self, media_id: MediaId) -> (u32, &mut Seen) {
        self.seen.or_insert_with(media_id, Seen::default)
    }

    /// What is counted of the medium with this number.
    pub fn numbered(&mut self, number: u32) -> &mut Seen {
        self.seen.numbered(number)
    }

    /// Adds the deliveries of a download of the identity with this number, or takes them back.
    pub fn tally(&mut self, contribution: &Contribution, identity: u32, tally: Tally) {
        for medium in &contribution.media {
            let key = (medium.media_id, contribution.rendition);
            let (_, cell) = self.delivered.or_insert_with(key, Delivered::default);
            tally.count(&mut cell.attempts, 1);
            tally.count(&mut cell.delivered_bytes, medium.delivered_bytes);
            if medium.is_completed {
                tally.count(&mut cell.downloads, 1);
                let before = cell.identities.allocated();
                cell.identities.tally(identity, tally);
                self.allocated = self.allocated + cell.identities.allocated() - before;
            }
        }
    }

    /// The row of a key; zeros when nothing stands under it any more.
    #[must_use]
    pub fn row(&self, slice: SliceKey, key: Key, version: u64) -> MediaDailyRow {
        let (media_id, rendition) = key;
        let row = MediaDailyRow {
            account_id: slice.account_id.0,
            collection_id: slice.collection_id.0,
            day: slice.day.0,
            media_id: media_id.0,
            rendition: rendition.map_or("", Rendition::as_str).into(),
            version,
            ..MediaDailyRow::default()
        };
        match rendition {
            Some(rendition) => self.delivered.get(&(media_id, rendition)).map(|cell| cell.counted_in(row.clone())),
            None => self.seen.get(&media_id).map(|cell| cell.counted_in(row.clone())),
        }
        .unwrap_or(row)
    }

    /// About how much memory they take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.seen.bytes() + self.delivered.bytes() + self.allocated
    }
}

impl Seen {
    fn counted_in(&self, row: MediaDailyRow) -> MediaDailyRow {
        MediaDailyRow {
            views: self.views.into(),
            plays: self.plays.into(),
            favorites_added: self.favorites_added.into(),
            favorites_removed: self.favorites_removed.into(),
            ..row
        }
    }
}

impl Delivered {
    fn counted_in(&self, row: MediaDailyRow) -> MediaDailyRow {
        MediaDailyRow {
            attempts: self.attempts.into(),
            downloads: self.downloads.into(),
            unique_downloads: self.identities.distinct(),
            delivered_bytes: self.delivered_bytes,
            ..row
        }
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
