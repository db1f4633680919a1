//! The visit family.

use super::MediaKind;
use crate::ids::MediaId;

/// A photo seen or a video started: a beacon, never an image request (DOMAIN §2.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaSeen {
    /// The medium.
    pub media_id: MediaId,
    /// Photo or video, when the edge says so.
    pub media_kind: Option<MediaKind>,
}
