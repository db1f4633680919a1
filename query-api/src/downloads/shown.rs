//! How actions are shown, and what is said of all of them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clients::Client;

/// A download action: one click on a photo, a video or an archive.
#[derive(Serialize, ToSchema)]
pub(crate) struct Action {
    /// The download_id, minted at the click.
    #[schema(format = "uuid")]
    pub(super) id: String,
    /// `photo`, `video` or `archive`.
    #[serde(rename = "type")]
    #[schema(example = "archive")]
    pub(super) kind: String,
    /// What became of it (rules 45 to 51).
    #[schema(example = "completed")]
    pub(super) status: String,
    /// Null unless failed (rule 53).
    pub(super) failure: Option<Failure>,
    /// The time inside the id (rule 1).
    #[schema(format = DateTime)]
    pub(super) requested_at: Option<String>,
    /// Who asked; null for an anonymous actor (rule 14).
    pub(super) client: Option<Client>,
    pub(super) items: Items,
    /// Where what arrived of each item is shown.
    #[schema(example = "/downloads/01a20dc0-4336-7183-8c4b-637918e8f926/items")]
    pub(super) items_url: String,
    pub(super) file: ActionFile,
    pub(super) transfer: Transfer,
    /// Why it does not count (rule 24); present only with `include=filtered`, null when it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub(super) filter_reason: Option<Option<String>>,
}

/// Why it failed (rule 53).
#[derive(Serialize, ToSchema)]
pub(super) struct Failure {
    #[schema(example = "origin_error")]
    pub(super) code: String,
    /// Of the last response; null when the preparation failed.
    #[schema(example = 502)]
    pub(super) http_status: Option<u64>,
    /// Whether it is worth another try.
    pub(super) retryable: bool,
    /// The next action for the same media within 24 hours; null when there is none.
    pub(super) retried_as: Option<String>,
}

/// What was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct Items {
    pub(super) photos: u64,
    pub(super) videos: u64,
}

/// The file that was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct ActionFile {
    #[schema(example = "high_res")]
    pub(super) rendition: String,
    #[schema(example = "zip")]
    pub(super) format: String,
    /// Null while nobody has said (rule 44).
    pub(super) size_bytes: Option<u64>,
}

/// What the edges sent, filtered responses left out.
#[derive(Serialize, ToSchema)]
pub(super) struct Transfer {
    /// Bytes sent (rule 36).
    pub(super) transferred_bytes: u64,
    /// Distinct bytes of the file that were sent (rules 2 and 37).
    pub(super) delivered_bytes: u64,
    /// Of all responses together (rule 64).
    pub(super) duration_ms: u64,
    /// Time to first byte of the first response (rule 65).
    pub(super) ttfb_ms: Option<u64>,
    /// Null when no time was spent (rule 64).
    pub(super) avg_bits_per_second: Option<u64>,
    /// Responses (rule 66).
    pub(super) segments: u64,
    /// Share of them that came from a cache, to two decimals (rules 61 and 66).
    #[schema(example = 0.67)]
    pub(super) cache_hit_ratio: Option<f64>,
    /// The place of the last response (rule 66).
    #[schema(example = "FRA")]
    pub(super) edge_pop: Option<String>,
    /// Of who asked, else of the last response (rule 66).
    #[schema(example = "DE")]
    pub(super) country: Option<String>,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    pub(super) summary: DownloadsSummary,
    /// The rows of this page by client (rule 68).
    pub(super) client_timeline: Vec<ClientActions>,
}

/// All selected actions.
#[derive(Serialize, ToSchema)]
pub(super) struct DownloadsSummary {
    /// Unfiltered actions, whatever became of them (rule 52).
    pub(super) attempts: u64,
    /// Completed actions.
    pub(super) downloads: u64,
    /// One per identity, set of media, rendition and UTC day (rule 54).
    pub(super) unique_downloads: u64,
    pub(super) by_type: ByType,
    pub(super) deliveries: Delivered,
    pub(super) by_status: ByStatus,
    /// Completed ÷ (completed + partial + failed) (rule 61).
    pub(super) success_rate: Option<f64>,
    pub(super) bandwidth: Bandwidth,
}

/// Completed actions by what they were for (rule 56).
#[derive(Serialize, ToSchema)]
pub(super) struct ByType {
    pub(super) photo: u64,
    pub(super) video: u64,
    pub(super) archive: u64,
}

/// Completed deliveries of the actions, by kind of medium (rule 62).
#[derive(Serialize, ToSchema)]
pub(super) struct Delivered {
    pub(super) photos: u64,
    pub(super) videos: u64,
}

/// Actions by status; they sum to `attempts` (rule 56).
#[derive(Serialize, ToSchema)]
pub(super) struct ByStatus {
    pub(super) requested: u64,
    pub(super) preparing: u64,
    pub(super) in_progress: u64,
    pub(super) completed: u64,
    pub(super) partial: u64,
    pub(super) failed: u64,
    pub(super) abandoned: u64,
}

/// Bytes and speeds (rules 64 to 67).
#[derive(Serialize, ToSchema)]
pub(super) struct Bandwidth {
    /// Sent to unfiltered requests (rule 36).
    pub(super) transferred_bytes: u64,
    /// Distinct bytes of the files that were sent (rule 37).
    pub(super) delivered_bytes: u64,
    /// Sent to filtered requests (rules 27 and 67).
    pub(super) filtered_bytes: u64,
    /// Sent for downloads of which no request has come (rules 31 and 67).
    pub(super) unattributed_bytes: u64,
    /// Half of the actions were faster; null when none has a speed (rule 65).
    pub(super) p50_bits_per_second: Option<u64>,
    /// 95 % of the actions waited less for their first byte (rule 65).
    pub(super) p95_ttfb_ms: Option<u64>,
}

/// What one client, or all anonymous actors, did on this page.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientActions {
    pub(super) client: Option<Client>,
    /// The first of them.
    #[schema(format = DateTime)]
    pub(super) first_at: Option<String>,
    /// The last of them.
    #[schema(format = DateTime)]
    pub(super) last_at: Option<String>,
    pub(super) events: Vec<ClientAction>,
}

/// One action of a client.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientAction {
    #[schema(format = DateTime)]
    pub(super) at: Option<String>,
    /// `photo`, `video` or `archive`.
    #[serde(rename = "type")]
    #[schema(example = "photo")]
    pub(super) kind: String,
    #[schema(format = "uuid")]
    pub(super) download_id: String,
    /// What became of it (rules 45 to 51).
    #[schema(example = "completed")]
    pub(super) status: String,
}
