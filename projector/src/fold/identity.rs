//! Who counts as one: client_id, else visitor_id, else address and browser (DOMAIN §2.6, rules 10 to 12).

use loupe_schemas::event::Actor;
use loupe_schemas::ids::ClientId;
use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_128;

/// What nearly every identity is made of fits: an address key, a browser's name of two hundred bytes, their lengths.
const TAGGED_BYTES: usize = 256;

/// A 128-bit name of an identity: the same for the same identity in every process and version.
///
/// It is a hash, so tables hold no cookie or address in the clear; 128 bits keep the chance that two of a billion
/// identities meet below one in 10^20.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity(pub u128);

impl Identity {
    /// The identity an actor acts as. The three forms never collide (rule 12).
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        match (&actor.client_id, &actor.visitor_id) {
            (Some(client), _) => Self::of_client(client),
            (None, Some(visitor)) => Self::tagged(b'v', &[visitor.as_str().as_bytes()]),
            (None, None) => Self::tagged(b'a', &[&actor.ip_key, actor.user_agent.as_bytes()]),
        }
    }

    /// The identity of a client, whoever else they may be.
    #[must_use]
    pub fn of_client(client_id: &ClientId) -> Self {
        Self::tagged(b'c', &[client_id.as_str().as_bytes()])
    }

    fn tagged(form: u8, parts: &[&[u8]]) -> Self {
        let mut bytes: SmallVec<[u8; TAGGED_BYTES]> = SmallVec::new();
        bytes.push(form);
        for part in parts {
            // Each length goes first, so that no two lists of parts give the same bytes.
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        Self(xxh3_128(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loupe_schemas::ids::VisitorId;

    fn anonymous(ip_key: &[u8], user_agent: &str) -> Actor {
        Actor { ip_key: ip_key.to_vec(), user_agent: user_agent.to_owned(), ..Actor::default() }
    }

    #[test]
    fn rule_12_the_three_forms_never_collide() {
        let client = Actor { client_id: ClientId::new("same"), ..anonymous(b"same", "ua") };
        let visitor = Actor { visitor_id: VisitorId::new("same"), ..anonymous(b"same", "ua") };
        let address = anonymous(b"same", "ua");
        assert_ne!(Identity::of(&client), Identity::of(&visitor));
        assert_ne!(Identity::of(&visitor), Identity::of(&address));
        assert_ne!(Identity::of(&client), Identity::of(&address));
    }

    #[test]
    fn rule_12_a_visitor_who_becomes_a_client_is_two() {
        let visitor = Actor { visitor_id: VisitorId::new("v"), ..anonymous(b"ip", "ua") };
        let client = Actor { client_id: ClientId::new("cl_1"), ..visitor.clone() };
        assert_ne!(Identity::of(&visitor), Identity::of(&client));
    }

    #[test]
    fn rule_12_user_agents_compare_byte_for_byte() {
        assert_ne!(Identity::of(&anonymous(b"ip", "Safari")), Identity::of(&anonymous(b"ip", "safari")));
        assert_ne!(Identity::of(&anonymous(b"ab", "c")), Identity::of(&anonymous(b"a", "bc")));
    }

    #[test]
    fn a_client_is_one_wherever_and_with_whatever_they_come() {
        let at_home = Actor { client_id: ClientId::new("cl_1"), ..anonymous(b"home", "Safari") };
        let at_work = Actor { client_id: ClientId::new("cl_1"), ..anonymous(b"work", "Firefox") };
        assert_eq!(Identity::of(&at_home), Identity::of(&at_work));
    }
}
