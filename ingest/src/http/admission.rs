//! The verdict on each event before it is published.

use loupe_schemas::json::{self, FlatEvent, Node, Reader};
use loupe_schemas::rules::{self, Code, Violation};
use loupe_schemas::{Event, Micros};
use loupe_service::keys::Principal;

use super::IpHasher;
use super::answer::Rejection;
use super::content::MediaType;

/// The longest `event_id` that a rejection repeats, in bytes; a valid one has 36.
const ECHOED_ID_BYTES_MAX: usize = 64;

/// What events are judged by.
pub(super) struct Admission<'a> {
    pub(super) media_type: MediaType,
    pub(super) principal: &'a Principal,
    pub(super) ip_hasher: &'a IpHasher,
    pub(super) received_at: Micros,
}

/// The events of a request that may be published, and the others.
#[derive(Debug, Default)]
pub(super) struct Admitted {
    /// Each with its index in the request.
    pub(super) events: Vec<(usize, Event)>,
    pub(super) rejected: Vec<Rejection>,
}

impl Admission<'_> {
    /// Judges each event on its own.
    pub(super) fn admit(&self, raw_events: &[&[u8]]) -> Admitted {
        let mut admitted = Admitted { events: Vec::with_capacity(raw_events.len()), rejected: Vec::new() };
        let mut reader = Reader::default();
        for (index, raw) in raw_events.iter().enumerate() {
            match self.judge(&mut reader, raw) {
                Ok(event) => admitted.events.push((index, event)),
                Err((event_id, violation)) => admitted.rejected.push(Rejection::new(index, event_id, violation)),
            }
        }
        admitted
    }

    fn judge<'a>(&self, reader: &mut Reader<'a>, raw: &'a [u8]) -> Result<Event, (Option<String>, Violation)> {
        let value = reader.read(raw).map_err(|violation| (None, violation))?;
        self.read(value).map_err(|violation| (echoed_id(value, self.media_type), violation))
    }

    fn read(&self, value: Node<'_>) -> Result<Event, Violation> {
        let flat = if self.media_type.is_cloud_event() { json::cloud_event(value) } else { FlatEvent::new(value) };
        let event = flat?.parse(&|address| self.ip_hasher.hash(address))?;
        if !self.principal.accounts.allows(event.head.account_id.0) {
            let message = format!("this key may not publish for account {}", event.head.account_id);
            return Err(Violation::new(Code::Forbidden, "account_id", message));
        }
        rules::check(&event, self.received_at)?;
        Ok(event)
    }
}

/// The id the sender knows the event by, even when it is not a valid one.
fn echoed_id(value: Node<'_>, media_type: MediaType) -> Option<String> {
    let id = if media_type.is_cloud_event() {
        value.get("id").or_else(|| value.get("data")?.get("event_id"))
    } else {
        value.get("event_id")
    };
    id.and_then(Node::as_str).filter(|id| id.len() <= ECHOED_ID_BYTES_MAX).map(str::to_owned)
}
