//! Every row of every table is an element of a join-semilattice: this is the join, as the table's engine does it.
//!
//! The audit, the simulator and the oracle of the tests stand on it, and a test against the real engine holds the
//! two together. Tables of `ReplacingMergeTree` keep the largest version, those of `AggregatingMergeTree` join field
//! by field.

use std::collections::BTreeMap;
use std::fmt::Debug;

use clickhouse::types::UInt256;
use loupe_schemas::Text;
use uuid::Uuid;

use super::Word;
use super::clients::ClientRow;
use super::collection_quarter_hourly::CollectionQuarterHourRow;
use super::collections::{CollectionFirstUpsertRow, CollectionRow};
use super::deliveries::DeliveryRow;
use super::downloads::DownloadRow;
use super::edge_sequences::EdgeSequenceRow;
use super::erasures::ErasureRow;
use super::events::EventRow;
use super::favorite_lists::FavoriteListRow;
use super::favorites::FavoriteRow;
use super::galleries::GalleryRow;
use super::identity_daily::IdentityDailyRow;
use super::link_daily::LinkDailyRow;
use super::link_visitors::LinkVisitorRow;
use super::media::MediaRow;
use super::media_daily::MediaDailyRow;
use super::rows::Rows;
use super::share_links::ShareLinkRow;
use super::stars::StarRow;

/// A row that joins with another of the same key; the order in which rows join does not matter.
pub trait Lattice: Clone + Debug + PartialEq {
    /// What the table is ordered by.
    type Key: Clone + Debug + Ord;

    /// The table's name.
    const TABLE: &'static str;

    /// The key of this row.
    fn key(&self) -> Self::Key;

    /// Joins a row that was written later.
    fn join(&mut self, later: &Self);

    /// What a reader sees: the row without its version; `None` for one that says nothing, or that a deletion hides.
    fn shown(&self) -> Option<Self>;
}

/// The largest version is kept, of equals the last written; a row that is `hidden` shows nothing, and a column that is
/// not of the set of events is shown as zero.
macro_rules! replacing {
    ($row:ident $table:literal [$($key:ident: $of:ty),+] $hidden:expr $(, of the log: $column:ident)?) => {
        impl Lattice for $row {
            type Key = ($($of),+);
            const TABLE: &'static str = $table;

            fn key(&self) -> Self::Key {
                ($(self.$key.clone()),+)
            }

            fn join(&mut self, later: &Self) {
                if later.version >= self.version {
                    self.clone_from(later);
                }
            }

            fn shown(&self) -> Option<Self> {
                let mut shown = self.clone();
                shown.version.hide();
                $(shown.$column = 0;)?
                let hidden: fn(&Self) -> bool = $hidden;
                (!hidden(&shown)).then_some(shown)
            }
        }
    };
}

/// Lattice rows: each field by its own join.
macro_rules! aggregating {
    ($row:ident $table:literal [$($key:ident: $of:ty),+] $($join:ident($field:ident)),+) => {
        impl Lattice for $row {
            type Key = ($($of),+);
            const TABLE: &'static str = $table;

            fn key(&self) -> Self::Key {
                ($(self.$key.clone()),+)
            }

            fn join(&mut self, later: &Self) {
                $($join(&mut self.$field, &later.$field);)+
            }

            fn shown(&self) -> Option<Self> {
                Some(self.clone())
            }
        }
    };
}

/// A version: a slice's says how much was folded when the row was written, which no reader sees; a catalogue entry's is
/// its event's.
trait Version {
    fn hide(&mut self);
}

impl Version for u64 {
    fn hide(&mut self) {
        *self = 0;
    }
}

impl Version for UInt256 {
    fn hide(&mut self) {}
}

fn max<T: PartialOrd + Clone>(mine: &mut T, theirs: &T) {
    if *theirs > *mine {
        mine.clone_from(theirs);
    }
}

fn min<T: PartialOrd + Clone>(mine: &mut T, theirs: &T) {
    if *theirs < *mine {
        mine.clone_from(theirs);
    }
}

fn bits(mine: &mut u64, theirs: &u64) {
    *mine |= theirs;
}

replacing!(EventRow "events" [account_id: u64, collection_id: u64, slice_day: u16, event_id: Uuid] |_| false,
    of the log: log_offset);
replacing!(DownloadRow "downloads" [account_id: u64, collection_id: u64, day: u16, download_id: Uuid] |_| false);
replacing!(DeliveryRow "deliveries"
    [account_id: u64, collection_id: u64, day: u16, download_id: Uuid, media_id: u64] |row| row.is_deleted != 0);
replacing!(MediaDailyRow "media_daily"
    [account_id: u64, collection_id: u64, day: u16, media_id: u64, rendition: Word] Self::is_nothing);
replacing!(CollectionQuarterHourRow "collection_quarter_hourly"
    [account_id: u64, collection_id: u64, quarter_hour: i64, kind: Word] Self::is_nothing);
replacing!(IdentityDailyRow "identity_daily"
    [account_id: u64, collection_id: u64, client_id: String, identity: u128, day: u16] |_| false);
replacing!(LinkDailyRow "link_daily" [account_id: u64, collection_id: u64, link_id: String, day: u16] Self::is_nothing);
replacing!(CollectionRow "collections" [account_id: u64, collection_id: u64] |row| row.is_deleted != 0);
replacing!(GalleryRow "galleries" [account_id: u64, collection_id: u64, gallery_id: u64] |row| row.is_deleted != 0);
replacing!(MediaRow "media" [account_id: u64, collection_id: u64, media_id: u64] |row| row.is_deleted != 0);
replacing!(ClientRow "clients" [account_id: u64, client_id: String] |row| row.is_deleted != 0);
aggregating!(FavoriteRow "favorites" [account_id: u64, collection_id: u64, list_id: String, media_id: u64]
    max(added), max(removed), max(noted));
aggregating!(FavoriteListRow "favorite_lists" [account_id: u64, collection_id: u64, list_id: String]
    max(state), max(submitted), max(reopened));
aggregating!(StarRow "stars" [account_id: u64, collection_id: u64, media_id: u64] max(starred), max(unstarred));
aggregating!(ShareLinkRow "share_links" [account_id: u64, collection_id: u64, link_id: String]
    max(created), max(terms), min(revoked_at));
aggregating!(LinkVisitorRow "link_visitors" [account_id: u64, collection_id: u64, link_id: String, identity: u128]
    min(first_opened_at), max(last_opened_at));
aggregating!(CollectionFirstUpsertRow "collection_first_upserts" [account_id: u64, collection_id: u64]
    min(first_upserted_at), max(latest));
aggregating!(ErasureRow "erasures" [account_id: u64, client_hash: u128] min(erased));
aggregating!(EdgeSequenceRow "edge_sequences" [node: Text, boot_id: Uuid, chunk: u64] bits(arrived), max(last_at));

/// One table: what its engine would keep of the rows written into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<R: Lattice>(BTreeMap<R::Key, R>);

impl<R: Lattice> Default for Table<R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<R: Lattice> Table<R> {
    /// Writes a row.
    pub fn write(&mut self, row: &R) {
        self.0.entry(row.key()).and_modify(|mine| mine.join(row)).or_insert_with(|| row.clone());
    }

    /// Every row, by key.
    pub fn rows(&self) -> impl Iterator<Item = &R> {
        self.0.values()
    }

    /// Forgets the other rows.
    pub fn retain(&mut self, is_kept: impl Fn(&R) -> bool) {
        self.0.retain(|_, row| is_kept(row));
    }

    /// What a reader sees, by key.
    #[must_use]
    pub fn shown(&self) -> BTreeMap<R::Key, R> {
        self.0.iter().filter_map(|(key, row)| Some((key.clone(), row.shown()?))).collect()
    }

    /// Keys under which readers of the two see something else, with what each sees, at most `limit`.
    #[must_use]
    pub fn differences(&self, other: &Self, limit: usize) -> Vec<Difference> {
        let (mine, theirs) = (self.shown(), other.shown());
        let all: std::collections::BTreeSet<_> = mine.keys().chain(theirs.keys()).collect();
        let differing = all.into_iter().filter(|key| mine.get(*key) != theirs.get(*key));
        let describe = |key: &R::Key| Difference {
            table: R::TABLE,
            key: format!("{key:?}"),
            mine: mine.get(key).map(|row| format!("{row:#?}")),
            theirs: theirs.get(key).map(|row| format!("{row:#?}")),
        };
        differing.take(limit).map(describe).collect()
    }
}

/// A key under which two tables show something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub key: String,
    /// The row on one side, field by field; `None` when it shows nothing.
    pub mine: Option<String>,
    /// The same of the other side.
    pub theirs: Option<String>,
}

impl Difference {
    /// The names of the fields that differ; a row that one side lacks is one entry, as with [`Self::fields`].
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let name = |field: String| field.split_once(": ").map_or(field.clone(), |(name, _)| name.to_owned());
        self.fields().into_iter().map(name).collect()
    }

    /// The fields that differ, each as `field: mine ≠ theirs`; a row that one side lacks is one entry.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        match (&self.mine, &self.theirs) {
            (Some(mine), Some(theirs)) => {
                let pairs = mine.lines().zip(theirs.lines()).filter(|(mine, theirs)| mine != theirs);
                pairs.map(|(mine, theirs)| format!("{} ≠ {}", mine.trim(), theirs.trim())).collect()
            }
            (Some(_), None) => vec!["present ≠ absent".to_owned()],
            (None, Some(_)) => vec!["absent ≠ present".to_owned()],
            (None, None) => Vec::new(),
        }
    }
}

macro_rules! tables {
    ($($table:ident: $row:ty),+ $(,)?) => {
        /// All tables of the read models, as their engines would keep them.
        #[derive(Debug, Clone, Default, PartialEq)]
        #[expect(missing_docs, reason = "each field is the table of its name")]
        pub struct Tables {
            $(pub $table: Table<$row>),+
        }

        impl Tables {
            /// Writes the rows of a flush.
            pub fn write(&mut self, rows: &Rows) {
                $(for row in &rows.$table {
                    self.$table.write(row);
                })+
            }

            /// Every row, one in a line behind its table's name, in the order of tables and keys.
            #[must_use]
            pub fn lines(&self) -> Vec<String> {
                let mut lines = Vec::new();
                $(lines.extend(self.$table.rows().map(|row| format!("{} {row:?}", stringify!($table))));)+
                lines
            }

            /// How many rows a reader sees of each table, by its name.
            #[must_use]
            pub fn shown_by_table(&self) -> Vec<(&'static str, usize)> {
                vec![$((stringify!($table), self.$table.rows().filter(|row| row.shown().is_some()).count())),+]
            }

            /// How many rows a reader sees.
            #[must_use]
            pub fn shown_rows(&self) -> usize {
                let mut rows = 0;
                $(rows += self.$table.rows().filter(|row| row.shown().is_some()).count();)+
                rows
            }

            /// Where readers of the two see something else, at most `limit` keys of each table.
            #[must_use]
            pub fn differences(&self, other: &Self, limit: usize) -> Vec<Difference> {
                let mut differences = Vec::new();
                $(differences.extend(self.$table.differences(&other.$table, limit));)+
                differences
            }
        }
    };
}

tables!(
    events: EventRow,
    downloads: DownloadRow,
    deliveries: DeliveryRow,
    media_daily: MediaDailyRow,
    collection_quarter_hourly: CollectionQuarterHourRow,
    identity_daily: IdentityDailyRow,
    link_daily: LinkDailyRow,
    favorites: FavoriteRow,
    favorite_lists: FavoriteListRow,
    stars: StarRow,
    share_links: ShareLinkRow,
    link_visitors: LinkVisitorRow,
    collections: CollectionRow,
    collection_first_upserts: CollectionFirstUpsertRow,
    galleries: GalleryRow,
    media: MediaRow,
    clients: ClientRow,
    erasures: ErasureRow,
    edge_sequences: EdgeSequenceRow,
);

#[cfg(test)]
mod tests {
    use super::*;

    /// A row with a key and a version and nothing else, and the same with one number.
    macro_rules! assert_zeroes_hide {
        ($row:ident { $($key:ident: $value:expr),+ } $number:ident) => {
            let nothing = $row { $($key: $value,)+ version: 7, ..$row::default() };
            let something = $row { $number: 1, ..nothing.clone() };
            assert!(nothing.is_nothing() && !something.is_nothing());
            let mut table = Table::default();
            table.write(&something);
            assert_eq!(table.shown().len(), 1);
            table.write(&nothing);
            assert_eq!((table.rows().count(), table.shown().len()), (1, 0), "of equal versions the last is kept");
        };
    }

    #[test]
    fn a_row_whose_numbers_were_all_taken_back_shows_nothing() {
        let (account_id, collection_id) = (1, 2);
        let name = || "name".to_owned();
        assert_zeroes_hide!(MediaDailyRow { account_id: account_id, collection_id: collection_id, day: 3,
            media_id: 4, rendition: name().into() } views);
        assert_zeroes_hide!(CollectionQuarterHourRow { account_id: account_id, collection_id: collection_id,
            quarter_hour: 3, kind: name().into() } opens);
        assert_zeroes_hide!(LinkDailyRow { account_id: account_id, collection_id: collection_id,
            link_id: name(), day: 3 } bot_opens);
    }

    #[test]
    fn the_larger_version_is_kept_whatever_comes_last() {
        let row = |version, views| MediaDailyRow { version, views, ..MediaDailyRow::default() };
        let mut table = Table::default();
        [row(2, 20), row(3, 30), row(1, 10)].iter().for_each(|row| table.write(row));
        assert_eq!(table.rows().map(|row| row.views).collect::<Vec<_>>(), [30]);
    }

    #[test]
    fn fields_join_by_maximum_minimum_and_union_of_bits() {
        let visitor = |first, last| LinkVisitorRow {
            account_id: 1,
            collection_id: 2,
            link_id: "l".to_owned(),
            identity: 3,
            first_opened_at: first,
            last_opened_at: last,
        };
        let mut joined = visitor(5, 5);
        [visitor(7, 7), visitor(2, 2)].iter().for_each(|later| joined.join(later));
        assert_eq!(joined, visitor(2, 7));
        let sequence = |arrived, last_at| EdgeSequenceRow {
            node: Text::default(),
            boot_id: Uuid::nil(),
            chunk: 0,
            arrived,
            last_at,
        };
        let mut joined = sequence(0b011, 9);
        joined.join(&sequence(0b110, 4));
        assert_eq!(joined, sequence(0b111, 9));
    }

    #[test]
    fn a_difference_names_the_table_the_key_and_the_fields() {
        let row = |views| MediaDailyRow { views, media_id: 4, version: views, ..MediaDailyRow::default() };
        let (mut mine, mut theirs) = (Tables::default(), Tables::default());
        assert_eq!(mine.differences(&theirs, 9), []);
        mine.media_daily.write(&row(1));
        assert_eq!(mine.differences(&theirs, 9)[0].fields(), ["present ≠ absent"]);
        assert_eq!(theirs.differences(&mine, 9)[0].fields(), ["absent ≠ present"]);
        theirs.media_daily.write(&row(2));
        let found = mine.differences(&theirs, 9);
        assert_eq!((found.len(), found[0].table), (1, "media_daily"));
        assert_eq!(found[0].fields(), ["views: 1, ≠ views: 2,"]);
        assert_eq!(mine.differences(&theirs, 0), [], "no more than asked for");
        assert_eq!((mine.shown_rows(), mine.lines().len()), (1, 1));
    }
}
