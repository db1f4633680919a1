//! The favourite family.

use super::MediaKind;
use crate::ids::{ListId, MediaId};

/// The whole state of a list (rule 85).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FavoriteList {
    /// The list.
    pub list_id: ListId,
    /// Its name.
    pub list_name: String,
    /// How many media may be chosen, when limited.
    pub max_selections: Option<u32>,
}

/// A medium was put on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FavoriteAdded {
    /// The list.
    pub list_id: ListId,
    /// The medium.
    pub media_id: MediaId,
    /// Photo or video.
    pub media_kind: MediaKind,
    /// A note given at once (rule 86).
    pub note: Option<String>,
}

/// A medium was taken off a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FavoriteRemoved {
    /// The list.
    pub list_id: ListId,
    /// The medium.
    pub media_id: MediaId,
}

/// A note on a favourite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FavoriteNoted {
    /// The list.
    pub list_id: ListId,
    /// The medium.
    pub media_id: MediaId,
    /// The note; absent clears it (rule 86).
    pub note: Option<String>,
}
