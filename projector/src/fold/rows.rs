//! What one flush writes, by table, and where that goes as it comes.

use clickhouse::Row;
use serde::Serialize;

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
use super::share_links::ShareLinkRow;
use super::stars::StarRow;

/// Sees the rows of one table after the other.
pub trait EachTable {
    /// The rows of the table of this name.
    fn table<R: Row + Serialize>(&mut self, name: &'static str, rows: &[R]);
}

/// Where rows go as they come, a few at a time.
pub trait Sink: Send {
    /// What the rows of a flush have become.
    type Joined: std::fmt::Debug + Default;

    /// Takes all rows, and leaves none.
    fn take(&mut self, rows: &mut Rows);

    /// What several sinks took, as one.
    fn join(sinks: Vec<Self>) -> Self::Joined
    where
        Self: Sized;
}

/// Rows stay rows: for whoever looks at them.
impl Sink for Rows {
    type Joined = Self;

    fn take(&mut self, rows: &mut Rows) {
        self.append(std::mem::take(rows));
    }

    fn join(sinks: Vec<Self>) -> Self {
        let mut joined = Self::default();
        sinks.into_iter().for_each(|rows| joined.append(rows));
        joined
    }
}

macro_rules! rows {
    ($($table:ident: $row:ty),+ $(,)?) => {
        /// The rows of every read model; `events` are written after all others, so that a crash between the two
        /// replays.
        #[derive(Debug, Clone, Default, PartialEq)]
        #[expect(missing_docs, reason = "each field is the table of its name")]
        pub struct Rows {
            $(pub $table: Vec<$row>),+
        }

        impl Rows {
            /// How many rows there are, over all tables.
            #[must_use]
            pub const fn len(&self) -> usize {
                0 $(+ self.$table.len())+
            }

            /// Adds the rows of another part of the same flush.
            pub fn append(&mut self, other: Self) {
                $(append(&mut self.$table, other.$table);)+
            }

            /// Shows the rows of every table, one table after the other.
            pub fn each(&self, tables: &mut impl EachTable) {
                $(tables.table(stringify!($table), &self.$table);)+
            }

            /// Forgets all rows, and keeps their room.
            pub fn clear(&mut self) {
                $(self.$table.clear();)+
            }

            /// Whether there is nothing to write.
            #[must_use]
            pub const fn is_empty(&self) -> bool {
                self.len() == 0
            }
        }
    };
}

/// What is empty takes the other's rows as they lie: there may be many.
fn append<R>(rows: &mut Vec<R>, mut others: Vec<R>) {
    if rows.is_empty() {
        *rows = others;
    } else {
        rows.append(&mut others);
    }
}

rows!(
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
