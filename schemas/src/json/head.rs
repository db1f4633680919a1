//! The fields every event has.

use std::net::{IpAddr, Ipv6Addr};

use super::fields::Fields;
use crate::event::{Actor, Edge, EventType, Head};
use crate::rules::{Code, Violation};

/// Reads the common fields; which may be absent depends on the event type (rule 93).
pub(super) fn read(
    fields: &Fields<'_>,
    event_type: EventType,
    hash_ip: &dyn Fn(IpAddr) -> Vec<u8>,
) -> Result<Head, Violation> {
    let event_id = fields.required("event_id")?;
    let occurred_at = fields.required("occurred_at")?;
    let edge = fields.object("edge")?;
    if edge.is_none() && !event_type.is_catalogue() {
        return Err(fields.missing("edge"));
    }
    let edge = edge.map(|edge| read_edge(&edge)).transpose()?;
    let account_id = fields.required("account_id")?;
    let collection_id = fields.optional("collection_id")?;
    if collection_id.is_none() && !event_type.is_client() {
        return Err(fields.missing("collection_id"));
    }
    let actor = fields.object("actor")?;
    if actor.is_none() && !event_type.is_catalogue() {
        return Err(fields.missing("actor"));
    }
    let actor = actor.map(|actor| read_actor(&actor, hash_ip)).transpose()?;
    Ok(Head { event_id, occurred_at, edge, account_id, collection_id, actor })
}

fn read_edge(edge: &Fields<'_>) -> Result<Edge, Violation> {
    Ok(Edge {
        pop: edge.required("pop")?,
        node: edge.required("node")?,
        boot_id: edge.required("boot_id")?,
        seq: edge.required("seq")?,
    })
}

fn read_actor(actor: &Fields<'_>, hash_ip: &dyn Fn(IpAddr) -> Vec<u8>) -> Result<Actor, Violation> {
    Ok(Actor {
        client_id: actor.optional("client_id")?,
        visitor_id: actor.optional("visitor_id")?,
        role: actor.required("role")?,
        identified_by: actor.required("identified_by")?,
        ip_key: read_ip_key(actor, hash_ip)?,
        user_agent: actor.or_default("user_agent")?,
        country: actor.optional("country")?,
        asn: actor.optional("asn")?,
        referrer_host: actor.optional("referrer_host")?,
    })
}

/// `ip_key`, or the hash of `ip` when that stands in for it; a wrong `ip` is wrong even where `ip_key` wins (rule 17).
fn read_ip_key(actor: &Fields<'_>, hash_ip: &dyn Fn(IpAddr) -> Vec<u8>) -> Result<Vec<u8>, Violation> {
    let key = actor.optional("ip_key")?;
    let text: Option<String> = actor.optional("ip")?;
    let address = text.map(|text| {
        text.parse::<IpAddr>().map_err(|_| {
            Violation::new(Code::InvalidValue, actor.field("ip"), "must be an IPv4 or IPv6 address (rule 17)")
        })
    });
    match (key, address.transpose()?) {
        (Some(key), _) => Ok(key),
        (None, Some(address)) => Ok(hash_ip(network(address))),
        (None, None) => Err(Violation::new(Code::Missing, actor.field("ip_key"), "ip or ip_key is required (rule 17)")),
    }
}

/// What of an address is hashed: all of IPv4 (mapped IPv6 too), the /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        canonical @ IpAddr::V4(_) => canonical,
    }
}
