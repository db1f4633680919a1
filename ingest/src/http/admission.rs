//! The verdict on each event before it is published.

use loupe_schemas::rules::{self, Code, Violation};
use loupe_schemas::{Event, Micros, json};
use loupe_service::keys::Principal;
use serde_json::Value;

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
        let mut admitted = Admitted::default();
        for (index, raw) in raw_events.iter().enumerate() {
            match self.judge(raw) {
                Ok(event) => admitted.events.push((index, event)),
                Err((event_id, violation)) => admitted.rejected.push(Rejection::new(index, event_id, violation)),
            }
        }
        admitted
    }

    fn judge(&self, raw: &[u8]) -> Result<Event, (Option<String>, Violation)> {
        let value: Value = serde_json::from_slice(raw)
            .map_err(|error| (None, Violation::new(Code::Malformed, "event", format!("is not JSON: {error}"))))?;
        let event_id = echoed_id(&value, self.media_type);
        self.read(value).map_err(|violation| (event_id, violation))
    }

    fn read(&self, value: Value) -> Result<Event, Violation> {
        let flat = if self.media_type.is_cloud_event() { json::cloud_event(value)? } else { value };
        let event = json::parse(&flat, &|address| self.ip_hasher.hash(address))?;
        if !self.principal.accounts.allows(event.head.account_id.0) {
            let message = format!("this key may not publish for account {}", event.head.account_id);
            return Err(Violation::new(Code::Forbidden, "account_id", message));
        }
        rules::check(&event, self.received_at)?;
        Ok(event)
    }
}

/// The id the sender knows the event by, even when it is not a valid one.
fn echoed_id(value: &Value, media_type: MediaType) -> Option<String> {
    let id = if media_type.is_cloud_event() {
        value.get("id").or_else(|| value.get("data")?.get("event_id"))
    } else {
        value.get("event_id")
    };
    id.and_then(Value::as_str).filter(|id| id.len() <= ECHOED_ID_BYTES_MAX).map(str::to_owned)
}
