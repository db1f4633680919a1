//! The share family.

use super::Rendition;
use crate::ids::{LinkId, MediaId};
use crate::symbol::symbols;
use crate::time::Micros;

/// A share link came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkCreated {
    /// The link.
    pub link_id: LinkId,
    /// The medium it shows.
    pub media_id: MediaId,
    /// Hash of the token in the URL.
    pub token_hash: Option<Vec<u8>>,
    /// The URL; a secret of whoever holds it.
    pub url: String,
    /// When it stops working; absent means never (rule 76).
    pub expires_at: Option<Micros>,
    /// What its holder may do.
    pub permissions: Permissions,
}

/// A link's expiry and permissions, both whole (rule 76).
#[derive(Debug, Clone, PartialEq)]
pub struct LinkUpdated {
    /// The link.
    pub link_id: LinkId,
    /// When it stops working; absent means never.
    pub expires_at: Option<Micros>,
    /// What its holder may do.
    pub permissions: Permissions,
}

/// A link was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkOpened {
    /// The link.
    pub link_id: LinkId,
    /// What the edge takes the opener for (rule 30).
    pub opener: Opener,
}

/// A link was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkDenied {
    /// The link.
    pub link_id: LinkId,
    /// Why.
    pub deny_reason: DenyReason,
    /// What the edge takes the asker for (rule 71).
    pub opener: Opener,
}

/// What the holder of a link may do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Permissions {
    /// Look at the medium.
    pub view: bool,
    /// The largest rendition that may be downloaded, if any.
    pub download: Option<Rendition>,
    /// Put it on a list.
    pub favorite: bool,
    /// Pass the link on.
    pub reshare: bool,
    /// Whether a watermark covers it.
    pub watermark: bool,
    /// Whether a password is asked for.
    pub password_required: bool,
    /// How many opens are allowed.
    pub max_opens: Option<u32>,
    /// How many downloads are allowed.
    pub max_downloads: Option<u32>,
}

symbols! {
    /// What the edge takes the opener of a link for.
    Opener { Human = "human", Preview = "preview", Scanner = "scanner", Unknown = "unknown" } default Unknown
}

symbols! {
    /// Why a link was refused.
    DenyReason {
        Expired = "expired", BadPassword = "bad_password", Quota = "quota", Revoked = "revoked", Unknown = "unknown",
    } default Unknown
}
