//! Who clients are: their names, or, once erased, the id that stands in their place (rules 15 and 16).

use std::collections::HashMap;

use loupe_service::problem::Problem;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_128;

use crate::json::{Row, of, text};
use crate::parameters::Selection;
use crate::store::Store;

/// Longer than an id can be.
const NO_CLIENT: &str = "-----------------------------------------------------------------";
const ERASED_PREFIX: &str = "cl_erased_";

/// The erased clients of an account.
#[derive(Debug, Default)]
pub(crate) struct Erasures {
    /// What takes a client's place, by the hash of the id.
    places: HashMap<u128, String>,
}

impl Erasures {
    pub(crate) async fn of(store: &Store, account: u64) -> Result<Self, Problem> {
        let rows = store.of_account(include_str!("erasures.sql"), account).await?;
        let place = |row: &Row| {
            let event_id: u128 = text(row, "event_id").parse().ok()?;
            Some((text(row, "hash").parse().ok()?, format!("{ERASED_PREFIX}{event_id:032x}")))
        };
        Ok(Self { places: rows.iter().filter_map(place).collect() })
    }

    /// The id that stands in place of an erased client's.
    fn place(&self, client_id: &str) -> Option<&str> {
        self.places.get(&xxh3_128(client_id.as_bytes())).map(String::as_str)
    }

    /// The hashes of the clients whose places are `ids`.
    fn hashes(&self, ids: &[String]) -> Vec<u128> {
        let wanted = self.places.iter().filter(|(_, place)| ids.contains(place));
        wanted.map(|(hash, _)| *hash).collect()
    }
}

/// Makes a filter by clients one by the ids that answers show: an erased client is found by its place alone.
pub(crate) async fn resolve(store: &Store, selection: &mut Selection) -> Result<(), Problem> {
    if selection.clients.is_empty() {
        return Ok(());
    }
    let erasures = Erasures::of(store, selection.account).await?;
    selection.client_hashes = erasures.hashes(&selection.clients);
    for id in &mut selection.clients {
        if erasures.place(id).is_some() {
            *id = NO_CLIENT.to_owned();
        }
    }
    Ok(())
}

/// The clients of some rows.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    named: HashMap<String, Row>,
    erasures: Erasures,
}

impl Clients {
    /// Those whose ids are in the column `client_id`.
    pub(crate) async fn of(store: &Store, account: u64, rows: &[Row]) -> Result<Self, Problem> {
        let mut ids: Vec<&str> = rows.iter().map(|row| text(row, "client_id")).filter(|id| !id.is_empty()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let (named, erasures) = tokio::try_join!(store.names(account, &ids), Erasures::of(store, account))?;
        let named = named.into_iter().map(|row| (text(&row, "client_id").to_owned(), row));
        Ok(Self { named: named.collect(), erasures })
    }

    /// The client object of a row, null for an anonymous actor (rules 14 and 15).
    pub(crate) fn show(&self, row: &Row, identified_by: &str, selection: &Selection) -> Value {
        let id = text(row, "client_id");
        if id.is_empty() {
            return Value::Null;
        }
        let identified_by = of(row, identified_by);
        if let Some(place) = self.erasures.place(id) {
            return json!({"id": place, "email": null, "name": null, "identified_by": identified_by});
        }
        let known = self.named.get(id);
        let email = known.and_then(|row| row.get("email")?.as_str());
        let email = email.map(|email| if selection.shows_pii { email.to_owned() } else { masked_email(email) });
        json!({"id": id, "email": email, "name": known.map(|row| of(row, "name")), "identified_by": identified_by})
    }

    /// Whether the row's client was erased, and with them what they wrote.
    pub(crate) fn is_erased(&self, row: &Row) -> bool {
        self.erasures.place(text(row, "client_id")).is_some()
    }
}

fn masked_email(email: &str) -> String {
    let (person, host) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("{}***@{host}", person.chars().next().map(String::from).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_first_letter_and_its_host() {
        assert_eq!(masked_email("ana@ex.com"), "a***@ex.com");
        assert_eq!(masked_email("nonsense"), "n***@");
    }

    #[test]
    fn rule_16_an_erased_client_is_found_by_its_place_alone() {
        let place = format!("{ERASED_PREFIX}{:032x}", 7);
        let erasures = Erasures { places: HashMap::from([(xxh3_128(b"cl_1"), place.clone())]) };
        assert_eq!(erasures.place("cl_1"), Some(place.as_str()));
        assert_eq!(erasures.hashes(&[place]), [xxh3_128(b"cl_1")]);
        assert_eq!(erasures.hashes(&["cl_1".to_owned()]), [] as [u128; 0]);
    }
}
