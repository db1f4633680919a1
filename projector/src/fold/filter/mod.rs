//! What is not counted, and why (DOMAIN §2.1, rules 18 to 30). Nothing is dropped: filtered rows keep their reason.
//! What the lists of the definition say of an actor (rule 23) is handed to it.

mod class;

pub use class::{ActorClass, Lists, UserAgentClass};

use loupe_schemas::event::{Actor, Destination, IdentifiedBy, Opener, Purpose, Role, TransferSegment};

/// Why an event is not counted; the order is the order in which reasons apply (rule 24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FilterReason {
    /// The method is not GET.
    Method,
    /// The status is 304 or 416.
    Status,
    /// A 206 that served byte 0 alone, or bytes 0 and 1, of a larger object (rule 22).
    Probe,
    /// The response was a preview, playback or prefetch.
    Purpose,
    /// The user agent is empty.
    NoUserAgent,
    /// The user agent previews links.
    Previewer,
    /// The user agent is a robot's or a mail scanner's.
    Robot,
    /// The address is a data centre's, and neither an identified actor nor a cloud drive explains it.
    DataCenter,
    /// The actor is the owner or staff (rule 21).
    Internal,
}

impl FilterReason {
    /// Every reason, in order.
    pub const ALL: &'static [Self] = &[
        Self::Method,
        Self::Status,
        Self::Probe,
        Self::Purpose,
        Self::NoUserAgent,
        Self::Previewer,
        Self::Robot,
        Self::DataCenter,
        Self::Internal,
    ];

    /// The reason as tables and answers spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Status => "status",
            Self::Probe => "probe",
            Self::Purpose => "purpose",
            Self::NoUserAgent => "no_user_agent",
            Self::Previewer => "previewer",
            Self::Robot => "robot",
            Self::DataCenter => "data_center",
            Self::Internal => "internal",
        }
    }
}

/// What a segment's request adds to the judgement of the segment (rule 19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Excuse {
    /// The request's actor is identified (rule 20).
    pub identified: bool,
    /// The request goes to a cloud drive (rule 26).
    pub cloud_drive: bool,
}

impl Excuse {
    /// What a request with this actor and destination excuses.
    #[must_use]
    pub fn of(actor: &Actor, destination: Destination) -> Self {
        Self::by(actor.client_id.is_some(), actor.identified_by, destination)
    }

    /// The same of what it depends on.
    #[must_use]
    pub const fn by(is_client: bool, identified_by: IdentifiedBy, destination: Destination) -> Self {
        Self { identified: identified_by.identifies(is_client), cloud_drive: destination.is_cloud_drive() }
    }
}

/// Judges an actor: the conditions that apply to downloads, visits, views, opens and denials alike (rule 29).
#[must_use]
pub fn judge_actor(actor: &Actor, class: ActorClass, excuse: Excuse) -> Option<FilterReason> {
    match class.user_agent {
        UserAgentClass::Empty => return Some(FilterReason::NoUserAgent),
        UserAgentClass::Previewer => return Some(FilterReason::Previewer),
        UserAgentClass::Scanner | UserAgentClass::Robot => return Some(FilterReason::Robot),
        UserAgentClass::Browser => {}
    }
    let excused = excuse.identified || excuse.cloud_drive || actor.is_identified();
    if !excused && class.is_data_center {
        return Some(FilterReason::DataCenter);
    }
    (actor.role == Role::Owner).then_some(FilterReason::Internal)
}

/// Judges what a segment is by itself, before its actor.
#[must_use]
pub fn judge_transfer(segment: &TransferSegment) -> Option<FilterReason> {
    if segment.method != "GET" {
        return Some(FilterReason::Method);
    }
    if matches!(segment.status, 304 | 416) {
        return Some(FilterReason::Status);
    }
    if is_probe(segment) {
        return Some(FilterReason::Probe);
    }
    (segment.purpose != Purpose::Download).then_some(FilterReason::Purpose)
}

/// Byte 0 alone, or bytes 0 and 1, of a larger object (rule 22).
fn is_probe(segment: &TransferSegment) -> bool {
    segment.status == 206
        && segment.range.is_some_and(|range| range.start == 0 && range.end <= 1 && range.end + 1 < segment.object_bytes)
}

/// Where an opening of a link counts (rule 30).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenClass {
    /// `link_previews`.
    Preview,
    /// `bot_opens`.
    Bot,
    /// Nowhere: the owner looks at their own link.
    Nowhere,
    /// `opens`.
    Open,
}

/// Decides where an opening of a link counts (rule 30).
#[must_use]
pub fn judge_open(opener: Opener, actor: &Actor, class: ActorClass) -> OpenClass {
    match opener {
        Opener::Preview => return OpenClass::Preview,
        Opener::Scanner => return OpenClass::Bot,
        Opener::Human | Opener::Unknown => {}
    }
    match judge_actor(actor, class, Excuse::default()) {
        Some(FilterReason::Previewer) => OpenClass::Preview,
        Some(FilterReason::Internal) => OpenClass::Nowhere,
        Some(_) => OpenClass::Bot,
        None => OpenClass::Open,
    }
}

#[cfg(test)]
mod tests;
