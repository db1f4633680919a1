//! The Avro records as Rust structs: borrowed from the bytes they are read from or the event they are written from.
//!
//! Field names and order are those of the schemas. What Avro cannot say (unsigned, distinct, UUID) is checked on the
//! way to the [`Event`], with the same [`Violation`] JSON would get; fields a writer may lack have the default the
//! schema gives them.

mod catalogue;
mod download;
mod favorite;
mod field;
mod head;
mod share;
mod visit;

use serde::{Deserialize, Serialize};

use crate::event::{Event, EventType, Fact, Head};
use crate::rules::Violation;
use head::HeadFields;

/// The record of one or more event types.
pub(super) trait Record<'a>: Serialize + Deserialize<'a> + Sized {
    /// What the event type carries besides the common fields.
    type Payload;

    /// The record of an event.
    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation>;

    /// The common fields.
    fn head(&self) -> Result<Head, Violation>;

    /// The own fields.
    fn payload(self) -> Result<Self::Payload, Violation>;
}

/// Declares the struct of a record: the common fields, then its own.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(super) struct $name<'a> {
            event_id: $crate::avro::record::field::UuidText,
            occurred_at: i64,
            #[serde(borrow, default)]
            edge: Option<$crate::avro::record::head::Edge<'a>>,
            account_id: i64,
            #[serde(default)]
            collection_id: Option<i64>,
            #[serde(borrow, default)]
            actor: Option<$crate::avro::record::head::Actor<'a>>,
            $($(#[$field_meta])* $field: $type,)*
        }
    };
}

/// The `head` of a [`Record`], from the fields [`record!`] declares.
macro_rules! read_head {
    () => {
        fn head(&self) -> Result<$crate::event::Head, $crate::rules::Violation> {
            $crate::avro::record::head::read(
                &self.event_id,
                self.occurred_at,
                self.edge.as_ref(),
                self.account_id,
                self.collection_id,
                self.actor.as_ref(),
            )
        }
    };
}

/// A record of a [`HeadFields`] and the own fields named.
macro_rules! with_head {
    ($head:expr, $name:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let head = $head;
        $name {
            event_id: head.event_id,
            occurred_at: head.occurred_at,
            edge: head.edge,
            account_id: head.account_id,
            collection_id: head.collection_id,
            actor: head.actor,
            $($field: $value),*
        }
    }};
}

pub(super) use {read_head, record, with_head};

/// What is done with the record of an event.
pub(super) trait Write {
    /// What can go wrong.
    type Error: From<Violation>;

    /// Takes the record.
    fn write(self, record: &impl Serialize) -> Result<(), Self::Error>;
}

/// Where the record of an event comes from.
pub(super) trait Read<'a> {
    /// What can go wrong.
    type Error: From<Violation>;

    /// Makes the record.
    fn read<R: Record<'a>>(self) -> Result<R, Self::Error>;
}

/// Says which struct is the record of which event types.
macro_rules! records {
    ($($module:ident::$record:ident: $($name:ident),+;)+) => {
        /// Hands the record of `event` to `to`; `None` for a deletion, which has no record (rule 94).
        pub(super) fn write<W: Write>(event: &Event, to: W) -> Option<Result<(), W::Error>> {
            match &event.fact {
                $($(Fact::$name(payload) => Some(
                    HeadFields::new(&event.head)
                        .and_then(|head| $module::$record::new(head, payload))
                        .map_err(W::Error::from)
                        .and_then(|record| to.write(&record)),
                ),)+)+
                Fact::CollectionDeleted(()) | Fact::GalleryDeleted(_) | Fact::MediaDeleted(_) => None,
            }
        }

        /// The event whose record `from` makes; `None` for a deletion, which has no record (rule 94).
        pub(super) fn read<'a, R: Read<'a>>(event_type: EventType, from: R) -> Option<Result<Box<Event>, R::Error>> {
            match event_type {
                $($(EventType::$name => Some(
                    from.read::<$module::$record<'a>>()
                        .and_then(|record| event(record, Fact::$name).map_err(R::Error::from)),
                ),)+)+
                EventType::CollectionDeleted | EventType::GalleryDeleted | EventType::MediaDeleted => None,
            }
        }
    };
}

records! {
    download::DownloadRequested: DownloadRequested;
    download::DownloadPrepared: DownloadPrepared;
    download::DownloadPrepareFailed: DownloadPrepareFailed;
    download::TransferSegment: TransferSegment;
    favorite::FavoriteList: FavoriteListCreated, FavoriteListUpdated;
    favorite::FavoriteListNamed: FavoriteListSubmitted, FavoriteListReopened;
    favorite::FavoriteAdded: FavoriteAdded;
    favorite::FavoriteRemoved: FavoriteRemoved;
    favorite::FavoriteNoted: FavoriteNoted;
    favorite::PhotoNamed: PhotoStarred, PhotoUnstarred;
    share::LinkCreated: LinkCreated;
    share::LinkUpdated: LinkUpdated;
    share::LinkRevoked: LinkRevoked;
    share::LinkOpened: LinkOpened;
    share::LinkDenied: LinkDenied;
    visit::VisitStarted: VisitStarted;
    visit::MediaSeen: PhotoViewed, VideoPlayed;
    catalogue::CollectionUpserted: CollectionUpserted;
    catalogue::GalleryUpserted: GalleryUpserted;
    catalogue::MediaUpserted: MediaUpserted;
    catalogue::ClientUpserted: ClientUpserted;
    catalogue::ClientErased: ClientErased;
}

/// In a box from here on: an event is half a kilobyte, and each function that handed it on would copy it.
fn event<'a, R: Record<'a>>(record: R, fact: fn(R::Payload) -> Fact) -> Result<Box<Event>, Violation> {
    Ok(Box::new(Event { head: record.head()?, fact: fact(record.payload()?) }))
}
