//! `erasures`: who was erased, and what stands in their place (rule 16).
//!
//! An erased client's events are replaced before they are folded ([`Erasures::replaced`]), wherever they come from: the
//! log, `events`, a late edge. So the fold knows nothing of erasures but that events are of another client now.

use clickhouse::Row;
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::event::{Actor, Head};
use loupe_schemas::ids::{AccountId, ClientId};
use loupe_schemas::{Event, Fact};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::fold::Order;
use crate::fold::filter::Lists;

/// What every id in the place of an erased client begins with.
const PLACE_PREFIX: &str = "cl_erased_";

/// A row of `erasures`.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct ErasureRow {
    pub account_id: u64,
    pub client_hash: u128,
    pub erased: (i64, u128),
}

impl ErasureRow {
    /// Remembers an erasure without the id that was erased.
    #[must_use]
    pub fn new(head: &Head, client_id: &ClientId) -> Self {
        Self { account_id: head.account_id.0, client_hash: client_hash(client_id), erased: Order::of(head).as_tuple() }
    }
}

/// The hash by which an erased client is recognised.
#[must_use]
pub fn client_hash(client_id: &ClientId) -> u128 {
    xxh3_128(client_id.as_str().as_bytes())
}

/// The id that takes an erased client's place: the same in every fact, and random as the erasure's event id is.
#[must_use]
pub fn erased_id(event_id: u128) -> String {
    format!("{PLACE_PREFIX}{event_id:032x}")
}

/// Whether an id stands in the place of an erased client's.
#[must_use]
pub fn is_place(client_id: &ClientId) -> bool {
    client_id.as_str().starts_with(PLACE_PREFIX)
}

/// Who is known to be erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erasures {
    /// The event that erased a client first, by account and hash of the client's id.
    first: FxHashMap<(u64, u128), (i64, u128)>,
}

impl Erasures {
    /// Remembers an erasure; the first of a client stands.
    pub fn insert(&mut self, row: &ErasureRow) {
        let first = self.first.entry((row.account_id, row.client_hash)).or_insert(row.erased);
        *first = row.erased.min(*first);
    }

    /// How many clients are erased.
    #[must_use]
    pub fn len(&self) -> usize {
        self.first.len()
    }

    /// Whether nobody is erased.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The accounts of clients who are erased here and not, or otherwise, in `before`.
    pub fn accounts_since<'e>(&'e self, before: &'e Self) -> impl Iterator<Item = AccountId> + 'e {
        let new = self.first.iter().filter(|(client, first)| before.first.get(client) != Some(first));
        new.map(|((account_id, _), _)| AccountId(*account_id))
    }

    /// The id in place of an erased client's.
    #[must_use]
    pub fn place(&self, account_id: AccountId, client_id: &ClientId) -> Option<ClientId> {
        if self.first.is_empty() {
            return None;
        }
        let (_, event_id) = self.first.get(&(account_id.0, client_hash(client_id)))?;
        ClientId::new(erased_id(*event_id))
    }

    /// An erased client's fact without the person (rule 16); none when the event is of nobody who is erased.
    ///
    /// What rule 1 asks of the browser stays: its name is emptied to a word of the same class, by the lists that the event is
    /// counted by.
    #[must_use]
    pub fn replaced(&self, event: &Event, lists: &Lists) -> Option<Event> {
        if event.fact.event_type().is_catalogue() {
            return None;
        }
        let actor = event.head.actor.as_ref()?;
        let place = self.place(event.head.account_id, actor.client_id.as_ref()?)?;
        let mut event = event.clone();
        event.head.actor = Some(Actor {
            client_id: Some(place),
            visitor_id: None,
            ip_key: Vec::new(),
            user_agent: lists.nameless(&actor.user_agent),
            ..actor.clone()
        });
        match &mut event.fact {
            // A note that is empty still is the latest (rule 86).
            Fact::FavoriteAdded(added) => added.note = added.note.as_ref().map(|_| String::new()),
            Fact::FavoriteNoted(noted) => noted.note = None,
            _ => {}
        }
        Some(event)
    }

    /// The same with its payload, as it is stored.
    #[must_use]
    pub fn replacement(&self, event: &Event, lists: &Lists) -> Option<(Event, Vec<u8>)> {
        let replaced = self.replaced(event, lists)?;
        let mut payload = Vec::new();
        Encoder::new(Framing::SingleObject)
            .encode(&replaced, &mut payload)
            .expect("a fact is no deletion, and all else has a record");
        Some((replaced, payload))
    }

    /// The client of a catalogue entry who is erased already, however late it comes.
    #[must_use]
    pub fn again<'e>(&self, event: &'e Event) -> Option<&'e ClientId> {
        let client_id = match &event.fact {
            Fact::ClientUpserted(client) => &client.client_id,
            Fact::ClientErased(client_id) => client_id,
            _ => return None,
        };
        self.place(event.head.account_id, client_id).map(|_| client_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fixture::{event, example, fold};

    fn erased(account_id: u64, client_id: &ClientId) -> Erasures {
        let mut erasures = Erasures::default();
        for event_id in [9, 7] {
            let client_hash = client_hash(client_id);
            erasures.insert(&ErasureRow { account_id, client_hash, erased: (event_id as i64, event_id) });
        }
        erasures
    }

    #[test]
    fn rule_16_what_names_the_person_is_replaced_and_what_counts_stays() {
        let noted = event("FavoriteNoted", "full", 0, |event| {
            if let Some(actor) = &mut event.head.actor {
                actor.client_id = ClientId::new("cl_ana");
                actor.user_agent = "Mozilla/5.0 (compatible; Googlebot/2.1)".to_owned();
            }
        });
        let erasures = erased(noted.head.account_id.0, &ClientId::new("cl_ana").unwrap());
        let replaced = erasures.replaced(&noted, &Lists::default()).expect("an erased client's");
        let (before, after) = (noted.head.actor.as_ref().unwrap(), replaced.head.actor.as_ref().unwrap());
        assert_eq!(after.client_id, ClientId::new(erased_id(7)), "the first erasure stands");
        assert_eq!((&after.visitor_id, after.ip_key.as_slice()), (&None, [].as_slice()));
        assert_eq!(Lists::default().user_agent(&after.user_agent), Lists::default().user_agent(&before.user_agent));
        assert_eq!((after.role, after.asn, &after.country), (before.role, before.asn, &before.country));
        let Fact::FavoriteNoted(note) = &replaced.fact else { panic!("{replaced:?}") };
        assert_eq!((&note.note, replaced.head.event_id), (&None, noted.head.event_id));
        assert_eq!(erasures.replaced(&replaced, &Lists::default()), None, "the second time there is nobody to replace");
    }

    #[test]
    fn another_accounts_client_of_the_same_id_stays() {
        let example = example("FavoriteAdded", "full", 0);
        let client_id = example.head.actor.as_ref().unwrap().client_id.clone().unwrap();
        assert_eq!(erased(example.head.account_id.0 + 1, &client_id).replaced(&example, &Lists::default()), None);
    }

    #[test]
    fn rule_16_an_erasure_remembers_the_hash_and_not_the_id() {
        let rows = fold(&[example("ClientErased", "full", 0)]);
        let [row] = &rows.erasures[..] else { panic!("one erasure") };
        let Fact::ClientErased(client_id) = example("ClientErased", "full", 0).fact else { panic!("an erasure") };
        assert_eq!(row.client_hash, client_hash(&client_id));
        assert!(!format!("{row:?}").contains(client_id.as_str()));
        assert!(erased_id(row.erased.1).starts_with("cl_erased_"));
    }
}
