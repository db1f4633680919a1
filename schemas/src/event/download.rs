//! The download family.

use super::MediaKind;
use crate::Text;
use crate::ids::{DownloadId, LinkId, MediaId};
use crate::symbol::symbols;

/// A click on a download button.
#[derive(Debug, Clone, PartialEq)]
pub struct DownloadRequested {
    /// Minted at the click; joins preparation, retries and ranges.
    pub download_id: DownloadId,
    /// Photo, video or archive.
    pub kind: DownloadKind,
    /// What was asked for: one item, or an archive's members (rule 33).
    pub items: Vec<Item>,
    /// Which rendition was asked for.
    pub rendition: Rendition,
    /// File format, for example `jpeg` or `zip`.
    pub format: Text,
    /// Size of the object in bytes, when known at the click.
    pub object_bytes: Option<u64>,
    /// Whether a download PIN was used.
    pub pin_used: bool,
    /// The share link it came through.
    pub link_id: Option<LinkId>,
    /// Where the bytes are to go.
    pub destination: Destination,
    /// Whether the download was paid for.
    pub paid: bool,
}

/// One medium of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The medium.
    pub media_id: MediaId,
    /// Photo or video.
    pub kind: MediaKind,
    /// Its size in bytes.
    pub bytes: u64,
    /// Where its bytes start inside the archive.
    pub zip_offset: Option<u64>,
    /// How many bytes it takes inside the archive; absent means `bytes` (rule 51).
    pub zip_length: Option<u64>,
}

/// An archive is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadPrepared {
    /// The action.
    pub download_id: DownloadId,
    /// Size of the archive in bytes.
    pub object_bytes: u64,
    /// Entity tag of the archive.
    pub etag: Option<Text>,
}

/// An archive could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadPrepareFailed {
    /// The action.
    pub download_id: DownloadId,
    /// Why, in the preparer's own words (rule 53).
    pub code: Text,
}

/// The bytes served, both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// First byte served.
    pub start: u64,
    /// Last byte served.
    pub end: u64,
}

/// One HTTP response.
#[derive(Debug, Clone, PartialEq)]
pub struct TransferSegment {
    /// The action; required for purpose `download` (rule 28).
    pub download_id: Option<DownloadId>,
    /// The medium the response was about (rule 40).
    pub media_id: Option<MediaId>,
    /// Entity tag of the object; absent is one more etag (rule 37).
    pub etag: Option<Text>,
    /// Request method.
    pub method: Text,
    /// Response status.
    pub status: u16,
    /// The range served, when the response was partial.
    pub range: Option<Range>,
    /// Size of the whole object in bytes.
    pub object_bytes: u64,
    /// Body bytes sent.
    pub body_bytes: u64,
    /// Whether the edge believes it sent everything; proves nothing (rule 34).
    pub completed: bool,
    /// Why the response ended.
    pub end_reason: EndReason,
    /// Time to first byte, in microseconds.
    pub ttfb_us: u64,
    /// Duration of the response, in microseconds.
    pub duration_us: u64,
    /// How the cache served it.
    pub cache: CacheStatus,
    /// Protocol, for example `h2`.
    pub protocol: Text,
    /// What the response was for.
    pub purpose: Purpose,
    /// Likelihood of a robot, 0 to 1; stored, decides nothing in v1 (rule 25).
    pub bot_score: Option<f64>,
}

symbols! {
    /// What a download action asks for.
    DownloadKind { Photo = "photo", Video = "video", Archive = "archive", Unknown = "unknown" } default Unknown
}

symbols! {
    /// The rendition of the media in a download.
    Rendition {
        Original = "original", HighRes = "high_res", Web2048 = "web_2048", Web1024 = "web_1024", Web640 = "web_640",
        VideoOriginal = "video_original", Video1080p = "video_1080p", Video720p = "video_720p", Unknown = "unknown",
    } default Unknown
}

symbols! {
    /// Where a download goes.
    Destination {
        Device = "device", EmailLink = "email_link", Dropbox = "dropbox", GooglePhotos = "google_photos",
        GoogleDrive = "google_drive", Other = "other",
    } default Other
}

symbols! {
    /// Why a response ended.
    EndReason {
        Ok = "ok", ClientAbort = "client_abort", Timeout = "timeout", OriginError = "origin_error",
        EdgeError = "edge_error", Denied = "denied", Unknown = "unknown",
    } default Unknown
}

symbols! {
    /// How the cache served a response.
    CacheStatus { Hit = "hit", Miss = "miss", Pass = "pass", Stale = "stale", Unknown = "unknown" } default Unknown
}

symbols! {
    /// What a response was for; what is not understood is `preview` and never counted (rule 97).
    Purpose { Download = "download", Preview = "preview", Playback = "playback", Prefetch = "prefetch" } default Preview
}

impl Destination {
    /// Whether the destination fetches from a data centre by its nature (rule 26).
    #[must_use]
    pub const fn is_cloud_drive(self) -> bool {
        matches!(self, Self::Dropbox | Self::GooglePhotos | Self::GoogleDrive)
    }
}
