//! The fields every event has: its id and time, its edge, its tenant, its actor.

use crate::Text;
use crate::ids::{AccountId, BootId, ClientId, CollectionId, EventId, VisitorId};
use crate::symbol::symbols;
use crate::time::Micros;

/// Who, where and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Names the event; a retry repeats it (rule 10).
    pub event_id: EventId,
    /// Event time, of a segment the end of the response (rule 104).
    pub occurred_at: Micros,
    /// Where it was observed; only catalogue events may omit it (rule 93).
    pub edge: Option<Edge>,
    /// The tenant.
    pub account_id: AccountId,
    /// The collection; only client events may omit it (rule 93).
    pub collection_id: Option<CollectionId>,
    /// Who did it; only catalogue events may omit it (rule 93).
    pub actor: Option<Actor>,
}

/// The delivery edge that observed an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Point of presence, for example `FRA`.
    pub pop: Text,
    /// The machine within the point of presence.
    pub node: Text,
    /// This run of the edge process.
    pub boot_id: BootId,
    /// Counts the events of this run from 0, without gaps.
    pub seq: i64,
}

/// Who did it, as far as the edge knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actor {
    /// The client, when known.
    pub client_id: Option<ClientId>,
    /// The browser, when it carries our cookie.
    pub visitor_id: Option<VisitorId>,
    /// In what capacity.
    pub role: Role,
    /// How the edge knows.
    pub identified_by: IdentifiedBy,
    /// Keyed hash of the IPv4 address or the IPv6 /64; never the address.
    pub ip_key: Vec<u8>,
    /// The `User-Agent` header, byte for byte.
    pub user_agent: String,
    /// ISO 3166 alpha-2 country.
    pub country: Option<Text>,
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// Host of the `Referer` header.
    pub referrer_host: Option<Text>,
}

symbols! {
    /// In what capacity somebody acts; `owner` covers the account's staff (rule 21).
    Role { Client = "client", Guest = "guest", Vendor = "vendor", Owner = "owner", Unknown = "unknown" } default Unknown
}

symbols! {
    /// How the edge knows who somebody is.
    IdentifiedBy {
        Login = "login", Email = "email", Pin = "pin", Link = "link", Cookie = "cookie", None = "none",
    } default None
}

symbols! {
    /// What a medium is.
    MediaKind { Photo = "photo", Video = "video", Unknown = "unknown" } default Unknown
}

impl Actor {
    /// Whether the actor counts as identified (rule 20).
    #[must_use]
    pub fn is_identified(&self) -> bool {
        self.identified_by.identifies(self.client_id.is_some())
    }
}

impl IdentifiedBy {
    /// Whether an actor known in this way counts as identified, a client anyhow (rule 20).
    #[must_use]
    pub const fn identifies(self, is_client: bool) -> bool {
        is_client || matches!(self, Self::Login | Self::Email | Self::Pin)
    }
}
