//! The domain event: what happened, to whom, where and when. Plain data, apart from every wire format and table.

mod catalogue;
mod download;
mod favorite;
mod head;
mod share;
mod visit;

pub use catalogue::{ClientUpserted, CollectionUpserted, GalleryUpserted, MediaUpserted};
pub use download::{
    CacheStatus, Destination, DownloadKind, DownloadPrepareFailed, DownloadPrepared, DownloadRequested, EndReason,
    Item, Purpose, Range, Rendition, TransferSegment,
};
pub use favorite::{FavoriteAdded, FavoriteList, FavoriteNoted, FavoriteRemoved};
pub use head::{Actor, Edge, Head, IdentifiedBy, MediaKind, Role};
pub use share::{DenyReason, LinkCreated, LinkDenied, LinkOpened, LinkUpdated, Opener, Permissions};
pub use visit::MediaSeen;

use crate::ids::{ClientId, DownloadId, GalleryId, LinkId, ListId, MediaId};
use crate::time::Day;

/// One event: who, where and when ([`Head`]), and what happened ([`Fact`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The fields every event has.
    pub head: Head,
    /// What happened, with the event type's own fields.
    pub fact: Fact,
}

macro_rules! facts {
    ($($(#[$meta:meta])* $name:ident($payload:ty)),+ $(,)?) => {
        /// What happened; one variant per event type of DOMAIN §1.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Fact { $($(#[$meta])* $name($payload)),+ }

        /// The name of an event type, without its fields.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventType { $($(#[$meta])* $name),+ }

        impl EventType {
            /// Every event type, in the order of DOMAIN §1.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name as `type` spells it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }

            /// The event type called `name`.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)+ _ => None }
            }
        }

        impl Fact {
            /// The name of what happened.
            #[must_use]
            pub const fn event_type(&self) -> EventType {
                match self { $(Self::$name(_) => EventType::$name),+ }
            }
        }
    };
}

facts! {
    /// A click on a download button: an action exists from here (rule 31).
    DownloadRequested(DownloadRequested),
    /// An archive was made ready to fetch.
    DownloadPrepared(DownloadPrepared),
    /// An archive could not be made ready.
    DownloadPrepareFailed(DownloadPrepareFailed),
    /// One HTTP response that carried (part of) an object.
    TransferSegment(TransferSegment),
    /// A list of favourites came to be, with its whole state.
    FavoriteListCreated(FavoriteList),
    /// A list of favourites changed; the whole state again (rule 85).
    FavoriteListUpdated(FavoriteList),
    /// A list was handed in.
    FavoriteListSubmitted(ListId),
    /// A submitted list was opened again.
    FavoriteListReopened(ListId),
    /// A medium was put on a list.
    FavoriteAdded(FavoriteAdded),
    /// A medium was taken off a list.
    FavoriteRemoved(FavoriteRemoved),
    /// A note on a favourite was written, or cleared (rule 86).
    FavoriteNoted(FavoriteNoted),
    /// The owner starred a photo.
    PhotoStarred(MediaId),
    /// The owner took the star away.
    PhotoUnstarred(MediaId),
    /// A share link came to be.
    LinkCreated(LinkCreated),
    /// A link's expiry and permissions changed; both whole (rule 76).
    LinkUpdated(LinkUpdated),
    /// A link was revoked, for good (rule 75).
    LinkRevoked(LinkId),
    /// A link was opened.
    LinkOpened(LinkOpened),
    /// A link was asked for and refused.
    LinkDenied(LinkDenied),
    /// A visit to a collection began.
    VisitStarted(()),
    /// A photo was seen.
    PhotoViewed(MediaSeen),
    /// A video was started.
    VideoPlayed(MediaSeen),
    /// The whole present state of a collection.
    CollectionUpserted(CollectionUpserted),
    /// The whole present state of a gallery.
    GalleryUpserted(GalleryUpserted),
    /// The whole present state of a photo or video.
    MediaUpserted(MediaUpserted),
    /// The whole present state of a client: the only event with personal data.
    ClientUpserted(ClientUpserted),
    /// A client's personal data must go (rule 16).
    ClientErased(ClientId),
    /// A collection left the catalogue (rule 94).
    CollectionDeleted(()),
    /// A gallery left the catalogue (rule 94).
    GalleryDeleted(GalleryId),
    /// A medium left the catalogue (rule 94).
    MediaDeleted(MediaId),
}

impl EventType {
    /// Whether the event belongs to the catalogue: it may omit edge and actor (rule 93) and travels on the
    /// compacted topic.
    #[must_use]
    pub const fn is_catalogue(self) -> bool {
        matches!(
            self,
            Self::CollectionUpserted
                | Self::GalleryUpserted
                | Self::MediaUpserted
                | Self::ClientUpserted
                | Self::ClientErased
                | Self::CollectionDeleted
                | Self::GalleryDeleted
                | Self::MediaDeleted
        )
    }

    /// Whether the event is about a client, who belongs to no one collection (rule 93).
    #[must_use]
    pub const fn is_client(self) -> bool {
        matches!(self, Self::ClientUpserted | Self::ClientErased)
    }

    /// Whether the event travels as a Kafka tombstone, without an Avro record (rule 94).
    #[must_use]
    pub const fn is_deletion(self) -> bool {
        matches!(self, Self::CollectionDeleted | Self::GalleryDeleted | Self::MediaDeleted)
    }
}

impl Fact {
    /// The download this fact is part of, if any.
    #[must_use]
    pub fn download_id(&self) -> Option<DownloadId> {
        match self {
            Self::DownloadRequested(fact) => Some(fact.download_id),
            Self::DownloadPrepared(fact) => Some(fact.download_id),
            Self::DownloadPrepareFailed(fact) => Some(fact.download_id),
            Self::TransferSegment(fact) => fact.download_id,
            _ => None,
        }
    }
}

impl Event {
    /// The UTC day of the event's slice: the day inside its `download_id`, else of `occurred_at` (rules 1 and 28).
    #[must_use]
    pub fn slice_day(&self) -> Day {
        self.fact.download_id().map_or_else(|| self.head.occurred_at.day(), |id| id.requested_at().day())
    }
}
