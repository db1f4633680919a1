//! An example of every case of every event type: the files in `schemas/examples`.

mod vary;

pub use vary::{BASE, Variation, events, vary};

/// One example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// The event type, as `type` spells it.
    pub event_type: &'static str,
    /// The case it shows: `minimal`, `full`, or one of its own.
    pub case: &'static str,
    /// The flat event, as its file has it.
    pub json: &'static str,
}

/// Names every file; a test compares with the folder.
macro_rules! examples {
    ($($event_type:ident: $($case:ident),+;)+) => {
        /// Every example, event types in the order of DOMAIN §1.
        pub const ALL: &[Example] = &[
            $($(Example {
                event_type: stringify!($event_type),
                case: stringify!($case),
                json: include_str!(concat!(
                    "../../examples/", stringify!($event_type), "/", stringify!($case), ".json"
                )),
            }),+),+
        ];
    };
}

examples! {
    DownloadRequested: minimal, full, film, cloud_drive, ids_as_text, address_for_key;
    DownloadPrepared: minimal, full;
    DownloadPrepareFailed: minimal, full;
    TransferSegment: minimal, full, last_byte, probe, empty_object, preview_of_no_action, refused, time_in_microseconds, nulls_and_unknown_fields;
    FavoriteListCreated: minimal, full;
    FavoriteListUpdated: minimal, full;
    FavoriteListSubmitted: minimal, full;
    FavoriteListReopened: minimal, full;
    FavoriteAdded: minimal, full, film;
    FavoriteRemoved: minimal, full;
    FavoriteNoted: minimal, full, cleared;
    PhotoStarred: minimal, full;
    PhotoUnstarred: minimal, full;
    LinkCreated: minimal, full, view_only, download_none;
    LinkUpdated: minimal, full;
    LinkRevoked: minimal, full;
    LinkOpened: minimal, full, not_known;
    LinkDenied: minimal, full, wrong_password, after_revocation;
    VisitStarted: minimal, full;
    PhotoViewed: minimal, full;
    VideoPlayed: minimal, full;
    CollectionUpserted: minimal, full;
    GalleryUpserted: minimal, full;
    MediaUpserted: minimal, full, photo;
    ClientUpserted: minimal, full;
    ClientErased: minimal, full;
    CollectionDeleted: minimal, full;
    GalleryDeleted: minimal, full;
    MediaDeleted: minimal, full;
}

/// The example of this event type and case.
#[must_use]
pub fn find(event_type: &str, case: &str) -> Option<&'static Example> {
    ALL.iter().find(|example| example.event_type == event_type && example.case == case)
}
