//! The catalogue family: each event carries the whole present state of its entity (rule 95).

use super::MediaKind;
use crate::ids::{ClientId, GalleryId, MediaId};
use crate::time::Micros;

/// The state of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionUpserted {
    /// Its name.
    pub name: String,
    /// When it was published, when the producer knows (rule 92).
    pub published_at: Option<Micros>,
}

/// The state of a gallery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GalleryUpserted {
    /// The gallery.
    pub gallery_id: GalleryId,
    /// Its name.
    pub name: String,
}

/// The state of a photo or video.
#[derive(Debug, Clone, PartialEq)]
pub struct MediaUpserted {
    /// The medium.
    pub media_id: MediaId,
    /// The gallery that holds it.
    pub gallery_id: GalleryId,
    /// Photo or video.
    pub media_kind: MediaKind,
    /// File name.
    pub filename: String,
    /// Format of the original, for example `jpeg`, `raw`, `mp4`.
    pub format: String,
    /// Width of the original in pixels.
    pub width: Option<u32>,
    /// Height of the original in pixels.
    pub height: Option<u32>,
    /// Size of the original in bytes.
    pub bytes: u64,
    /// Length of a video, in seconds.
    pub duration_seconds: Option<f64>,
    /// Codec of a video.
    pub codec: Option<String>,
    /// The photographer's tags.
    pub tags: Vec<String>,
}

/// The state of a client: the only place of personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientUpserted {
    /// The client.
    pub client_id: ClientId,
    /// Email address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
}
