//! `erasures`: who was erased, and what stands in their place (rule 16).

use clickhouse::Row;
use loupe_schemas::event::Head;
use loupe_schemas::ids::ClientId;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::fold::Order;

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
    format!("cl_erased_{event_id:032x}")
}

#[cfg(test)]
mod tests {
    use loupe_schemas::event::Fact;

    use super::*;
    use crate::fold::fixture::{example, fold};

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
