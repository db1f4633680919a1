//! Who clients are: their names, or, once erased, the id that stands in their place (rules 15 and 16).

use std::collections::HashMap;

use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;
use xxhash_rust::xxh3::xxh3_128;

use crate::json::{Row, text};
use crate::parameters::Selection;
use crate::store::Store;

/// Longer than an id can be.
const NO_CLIENT: &str = "-----------------------------------------------------------------";
const ERASED_PREFIX: &str = "cl_erased_";

/// The id that takes the place of a client whom this event erased, its id being a decimal number.
pub(crate) fn place(event_id: &str) -> Option<String> {
    let event_id: u128 = event_id.parse().ok()?;
    Some(format!("{ERASED_PREFIX}{event_id:032x}"))
}

/// The erased clients of an account.
#[derive(Debug, Default)]
pub(crate) struct Erasures {
    /// What takes a client's place, by the hash of the id.
    places: HashMap<u128, String>,
}

impl Erasures {
    pub(crate) async fn of(store: &Store, account: u64) -> Result<Self, Problem> {
        let rows = store.of_account(include_str!("erasures.sql"), account).await?;
        let erased = |row: &Row| Some((text(row, "hash").parse().ok()?, place(text(row, "event_id"))?));
        Ok(Self { places: rows.iter().filter_map(erased).collect() })
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

/// A client as answers show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Client {
    /// The client's id; `cl_erased_…` once the person is erased (rule 16).
    #[schema(example = "cl_VOZBrWa5d3uBozumT634SWDt1bouwV")]
    pub(crate) id: String,
    /// Masked without the scope `clients:pii`; null for a client who is unknown or erased (rule 15).
    #[schema(example = "ana@ex.com")]
    pub(crate) email: Option<String>,
    /// Null for a client who is unknown or erased (rule 15).
    #[schema(example = "Ana Ruiz")]
    pub(crate) name: Option<String>,
    /// How the actor of the row was identified; in buckets, of its latest row (rule 15).
    #[schema(example = "email")]
    pub(crate) identified_by: String,
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

    /// The client of a row, none for an anonymous actor (rules 14 and 15).
    pub(crate) fn show(&self, row: &Row, identified_by: &str, selection: &Selection) -> Option<Client> {
        let id = Some(text(row, "client_id")).filter(|id| !id.is_empty())?;
        let identified_by = text(row, identified_by).to_owned();
        if let Some(place) = self.erasures.place(id) {
            return Some(Client { id: place.to_owned(), email: None, name: None, identified_by });
        }
        let known = |column: &str| self.named.get(id).and_then(|row| row.get(column)?.as_str());
        let email = known("email");
        let email = email.map(|email| if selection.shows_pii { email.to_owned() } else { masked_email(email) });
        Some(Client { id: id.to_owned(), email, name: known("name").map(ToOwned::to_owned), identified_by })
    }

    /// Whether the row's client was erased, and with them what they wrote.
    pub(crate) fn is_erased(&self, row: &Row) -> bool {
        let id = text(row, "client_id");
        // The id in their place comes into rows before what they wrote has gone from all of them.
        id.starts_with(ERASED_PREFIX) || self.erasures.place(id).is_some()
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
