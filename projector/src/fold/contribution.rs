//! What a download adds to the counters of its slice, and how that is added or taken back.

use std::ops::{AddAssign, SubAssign};

use loupe_schemas::Micros;
use loupe_schemas::event::{DownloadKind, Rendition};
use loupe_schemas::ids::{DownloadId, LinkId, MediaId};

use super::download::{Evidence, IdleStatus, Outcome, Request};
use super::identity::Identity;

/// Whether a contribution is added or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tally {
    /// Add it.
    Add,
    /// Take back what was added.
    Retract,
}

impl Tally {
    /// Adds to a counter, or takes back. How often something was done is counted in 32 bits: a slice that holds more events
    /// than that fits into no memory.
    pub fn count<N: AddAssign + SubAssign>(self, counter: &mut N, amount: N) {
        match self {
            Self::Add => *counter += amount,
            Self::Retract => *counter -= amount,
        }
    }
}

/// What a download adds to the counters of its slice.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the request and the outcome they come from")]
pub struct Contribution {
    pub requested_at: Micros,
    pub kind: DownloadKind,
    pub rendition: Rendition,
    pub identity: Identity,
    pub link_id: Option<LinkId>,
    pub media_set: u128,
    pub media: Vec<MediumContribution>,
    pub is_filtered: bool,
    pub is_completed: bool,
    pub idle: IdleStatus,
    pub transferred_bytes: u64,
    pub delivered_bytes: u64,
    pub filtered_bytes: u64,
}

/// What one medium of a download adds.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the member they come from")]
pub struct MediumContribution {
    pub media_id: MediaId,
    pub is_completed: bool,
    pub delivered_bytes: u64,
}

impl Contribution {
    /// What a download with this evidence adds: nothing before its request has come (rule 31).
    #[must_use]
    pub fn so_far(id: DownloadId, evidence: &Evidence) -> Option<Self> {
        evidence.request.as_deref().map(|request| Self::of(id, request, &Outcome::of(evidence)))
    }

    /// What a requested download with this outcome adds.
    #[must_use]
    pub fn of(id: DownloadId, request: &Request, outcome: &Outcome) -> Self {
        let asked = &request.asked;
        let members = outcome.members.iter().map(|member| MediumContribution {
            media_id: member.media_id,
            is_completed: member.completed_at.is_some(),
            delivered_bytes: member.delivered_bytes,
        });
        Self {
            requested_at: id.requested_at(),
            kind: asked.kind,
            rendition: asked.rendition,
            identity: request.identity,
            link_id: asked.link_id.clone(),
            media_set: request.media_set,
            media: members.collect(),
            is_filtered: request.filter_reason.is_some(),
            is_completed: outcome.completed_at.is_some(),
            idle: outcome.idle,
            transferred_bytes: outcome.transferred_bytes,
            delivered_bytes: outcome.delivered_bytes,
            filtered_bytes: outcome.filtered_bytes,
        }
    }
}
