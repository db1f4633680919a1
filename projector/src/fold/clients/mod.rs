//! `clients`: the only table with personal data (DOMAIN §2.8, rule 16).

use clickhouse::Row;
use clickhouse::types::UInt256;
use loupe_schemas::event::{ClientUpserted, Head};
use loupe_schemas::ids::ClientId;
use serde::{Deserialize, Serialize};

use crate::fold::Order;

/// A row of `clients`.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct ClientRow {
    pub account_id: u64,
    pub client_id: String,
    pub email: Option<String>,
    pub name: Option<String>,
    pub occurred_at: i64,
    pub version: UInt256,
    pub is_deleted: u8,
}

impl ClientRow {
    /// The state of a client.
    #[must_use]
    pub fn upserted(head: &Head, fact: &ClientUpserted) -> Self {
        Self {
            account_id: head.account_id.0,
            client_id: fact.client_id.to_string(),
            email: fact.email.clone(),
            name: fact.name.clone(),
            occurred_at: head.occurred_at.0,
            version: Order::of(head).as_version(),
            is_deleted: 0,
        }
    }

    /// The catalogue's topic has an entry again of a client who is erased already, which is to be cleaned once more.
    #[must_use]
    pub fn again(head: &Head, client_id: &ClientId) -> Self {
        Self { version: Order::of(head).as_version_beyond(), ..Self::erased(head, client_id) }
    }

    /// The end of a client's row: it outranks every upsert, earlier or later.
    #[must_use]
    pub fn erased(head: &Head, client_id: &ClientId) -> Self {
        Self {
            account_id: head.account_id.0,
            client_id: client_id.to_string(),
            email: None,
            name: None,
            occurred_at: head.occurred_at.0,
            version: Order::of(head).as_final_version(),
            is_deleted: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fold::fixture::{example, fold};

    #[test]
    fn rule_16_an_erasure_outranks_every_state_earlier_or_later() {
        let rows = fold(&[
            example("ClientUpserted", "full", 0),
            example("ClientErased", "full", 1),
            example("ClientUpserted", "full", 2),
        ]);
        let winner =
            rows.clients.iter().max_by_key(|row| row.version.to_le_bytes().into_iter().rev().collect::<Vec<_>>());
        let winner = winner.unwrap();
        assert_eq!((winner.is_deleted, &winner.email, &winner.name), (1, &None, &None));
    }
}
