//! The fields every record has.

use serde::{Deserialize, Serialize};

use super::field::{Bytes, Enum, UuidText, from_optional_long, id_from_long, id_to_long, optional_opaque};
use crate::Text;
use crate::event;
use crate::event::{Head, IdentifiedBy, Role};
use crate::ids::{AccountId, BootId, ClientId, CollectionId, EventId, VisitorId};
use crate::rules::Violation;
use crate::time::Micros;

/// The common fields of a record about to be made.
pub(in crate::avro) struct HeadFields<'a> {
    pub(super) event_id: UuidText,
    pub(super) occurred_at: i64,
    pub(super) edge: Option<Edge<'a>>,
    pub(super) account_id: i64,
    pub(super) collection_id: Option<i64>,
    pub(super) actor: Option<Actor<'a>>,
}

/// `loupe.v1.Edge`.
#[derive(Serialize, Deserialize)]
pub(in crate::avro) struct Edge<'a> {
    pop: &'a str,
    node: &'a str,
    boot_id: UuidText,
    seq: i64,
}

/// `loupe.v1.Actor`.
#[derive(Serialize, Deserialize)]
pub(in crate::avro) struct Actor<'a> {
    #[serde(default)]
    client_id: Option<&'a str>,
    #[serde(default)]
    visitor_id: Option<&'a str>,
    role: Enum<Role>,
    identified_by: Enum<IdentifiedBy>,
    #[serde(borrow)]
    ip_key: Bytes<'a>,
    #[serde(default)]
    user_agent: &'a str,
    #[serde(default)]
    country: Option<&'a str>,
    #[serde(default)]
    asn: Option<i64>,
    #[serde(default)]
    referrer_host: Option<&'a str>,
}

impl<'a> HeadFields<'a> {
    /// The common fields of an event.
    pub(super) fn new(head: &'a Head) -> Result<Self, Violation> {
        Ok(Self {
            event_id: UuidText::new(head.event_id.0),
            occurred_at: head.occurred_at.0,
            edge: head.edge.as_ref().map(Edge::new),
            account_id: id_to_long(head.account_id.0),
            collection_id: head.collection_id.map(|id| id_to_long(id.0)),
            actor: head.actor.as_ref().map(Actor::new),
        })
    }
}

impl<'a> Edge<'a> {
    fn new(edge: &'a event::Edge) -> Self {
        Self { pop: &edge.pop, node: &edge.node, boot_id: UuidText::new(edge.boot_id.0), seq: edge.seq }
    }

    fn read(&self) -> Result<event::Edge, Violation> {
        Ok(event::Edge {
            pop: self.pop.into(),
            node: self.node.into(),
            boot_id: BootId(self.boot_id.get("edge.boot_id")?),
            seq: self.seq,
        })
    }
}

impl<'a> Actor<'a> {
    fn new(actor: &'a event::Actor) -> Self {
        Self {
            client_id: actor.client_id.as_ref().map(ClientId::as_str),
            visitor_id: actor.visitor_id.as_ref().map(VisitorId::as_str),
            role: Enum(actor.role),
            identified_by: Enum(actor.identified_by),
            ip_key: Bytes(&actor.ip_key),
            user_agent: &actor.user_agent,
            country: actor.country.as_deref(),
            asn: actor.asn.map(i64::from),
            referrer_host: actor.referrer_host.as_deref(),
        }
    }

    fn read(&self) -> Result<event::Actor, Violation> {
        Ok(event::Actor {
            client_id: optional_opaque("actor.client_id", self.client_id, ClientId::new)?,
            visitor_id: optional_opaque("actor.visitor_id", self.visitor_id, VisitorId::new)?,
            role: self.role.0,
            identified_by: self.identified_by.0,
            ip_key: self.ip_key.0.to_vec(),
            user_agent: self.user_agent.to_owned(),
            country: self.country.map(Text::from),
            asn: from_optional_long("actor.asn", self.asn)?,
            referrer_host: self.referrer_host.map(Text::from),
        })
    }
}

/// The common fields of a record that was read.
pub(super) fn read(
    event_id: &UuidText,
    occurred_at: i64,
    edge: Option<&Edge<'_>>,
    account_id: i64,
    collection_id: Option<i64>,
    actor: Option<&Actor<'_>>,
) -> Result<Head, Violation> {
    Ok(Head {
        event_id: EventId(event_id.get("event_id")?),
        occurred_at: Micros(occurred_at),
        edge: edge.map(Edge::read).transpose()?,
        account_id: AccountId(id_from_long(account_id)),
        collection_id: collection_id.map(|id| CollectionId(id_from_long(id))),
        actor: actor.map(Actor::read).transpose()?,
    })
}
