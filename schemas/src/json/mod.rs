//! The flat JSON event of DOMAIN "Events over HTTP", read and written, and CloudEvents around it.
//!
//! Reading checks shapes, symbols and ids; the rules that need more than one field or the time of receipt are
//! [`rules::check`](crate::rules::check), which the caller runs next. Unknown fields are ignored (rule 97) and
//! `null` is the same as absent.
//!
//! # Fields that may be absent
//! Required, besides those of rule 93: `type`, `event_id`, `occurred_at`, `account_id`; of `edge` all four fields;
//! of `actor` `role`, `identified_by` and one of `ip` and `ip_key` (rule 17); of a download `download_id`, `kind`,
//! `items`, `rendition`, `format`; of an item `media_id`, `kind`, `bytes`; of a preparation `object_bytes` or `code`;
//! of a segment `method`, `status`, `object_bytes`, `body_bytes`, `purpose`; of permissions `view`. Absent flags are
//! `false`, an absent `user_agent` or `protocol` is empty, absent durations are 0, an absent `destination` is
//! `device`, and an absent `end_reason`, `cache` or `opener` is not known.

mod cloud_event;
mod fact;
mod fields;
mod head;
mod node;
mod value;
mod write;

use std::net::IpAddr;

use crate::event::{Event, EventType};
use crate::rules::{Code, Violation};
use fields::Fields;

pub use cloud_event::cloud_event;
pub(crate) use fact::range;
pub use node::{Node, Reader};
pub use write::to_value;

/// A flat event as it is written: the members of an object, well-formed and not looked at yet.
#[derive(Debug, Clone, Copy)]
pub struct FlatEvent<'t> {
    members: Node<'t>,
    /// The attributes of the CloudEvent around it, some of which stand in for members (rule 96).
    attributes: Option<Node<'t>>,
}

impl<'t> FlatEvent<'t> {
    /// The event that this value is.
    ///
    /// # Errors
    /// `malformed` for anything but an object.
    pub fn new(node: Node<'t>) -> Result<Self, Violation> {
        if !node.is_object() {
            return Err(Violation::new(Code::Malformed, "event", "an event is one JSON object"));
        }
        Ok(Self { members: node, attributes: None })
    }

    /// Reads the event.
    ///
    /// `hash_ip` turns an address into its keyed hash; it is given IPv4 for IPv4-mapped addresses and of IPv6 only the
    /// /64 (rule 17), so that the address itself never leaves this call.
    ///
    /// # Errors
    /// The first [`Violation`]: `type`, then the common fields, then the type's own, each in documented order.
    pub fn parse(self, hash_ip: &dyn Fn(IpAddr) -> Vec<u8>) -> Result<Event, Violation> {
        let fields = Fields::new(self);
        let event_type: EventType = fields.required("type")?;
        let head = head::read(&fields, event_type, hash_ip)?;
        let fact = fact::read(&fields, event_type)?;
        Ok(Event { head, fact })
    }
}

/// Reads the text of one flat event, as [`Reader::read`] and [`FlatEvent::parse`] do.
///
/// # Errors
/// The first [`Violation`]; `malformed` for what is not JSON.
pub fn parse(text: impl AsRef<[u8]>, hash_ip: &dyn Fn(IpAddr) -> Vec<u8>) -> Result<Event, Violation> {
    let mut reader = Reader::default();
    FlatEvent::new(reader.read(text.as_ref())?)?.parse(hash_ip)
}
