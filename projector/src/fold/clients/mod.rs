//! `clients`: the only table with personal data (DOMAIN §2.8, rule 16).

use clickhouse::Row;
use clickhouse::types::UInt256;
use loupe_schemas::event::{ClientUpserted, Head};
use loupe_schemas::ids::ClientId;
use serde::{Deserialize, Serialize};

use crate::fold::Order;

/// The highest byte of a version of [`ClientRow::again`]: it outranks that of every erasure.
const AGAIN: u8 = 0xE0;
/// The same of rows that earlier versions of this program wrote, always of entries, under their event's time.
const AGAIN_BY_EVENT: u8 = 0xC0;

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

    /// The catalogue's topic has a record again of a client who is erased already, at an offset of the client's partition:
    /// an entry, which is to be cleaned once more, or the tombstone that cleans all before it. The later record outranks the
    /// earlier, so that a tombstone is known to have been sent before an entry or after it.
    #[must_use]
    pub fn again(head: &Head, client_id: &ClientId, offset: i64, is_entry: bool) -> Self {
        let mut version = [0; 32];
        version[0] = u8::from(is_entry);
        version[16..24].copy_from_slice(&offset.max(0).to_le_bytes());
        version[31] = AGAIN;
        Self { version: UInt256::from_le_bytes(version), ..Self::erased(head, client_id) }
    }

    /// Whether the row of this version tells of an entry in the catalogue's topic that no tombstone was sent after.
    #[must_use]
    pub fn is_entry_again(version: UInt256) -> bool {
        let version = version.to_le_bytes();
        match version[31] {
            AGAIN => version[0] != 0,
            AGAIN_BY_EVENT => true,
            _ => false,
        }
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
    use loupe_schemas::event::Fact;

    use super::ClientRow;
    use crate::fold::fixture::{example, fold};

    #[test]
    fn rule_16_an_erasure_outranks_every_state_earlier_or_later() {
        let rows = fold(&[
            example("ClientUpserted", "full", 0),
            example("ClientErased", "full", 1),
            example("ClientUpserted", "full", 2),
        ]);
        let winner = rows.clients.iter().max_by_key(|row| row.version).unwrap();
        assert_eq!((winner.is_deleted, &winner.email, &winner.name), (1, &None, &None));
    }

    #[test]
    fn rule_16_the_last_record_about_somebody_erased_says_whether_there_is_an_entry_to_clean() {
        let erasure = example("ClientErased", "full", 1);
        let Fact::ClientErased(client_id) = &erasure.fact else { panic!("{erasure:?}") };
        let again = |offset, is_entry| ClientRow::again(&erasure.head, client_id, offset, is_entry).version;
        let first = ClientRow::erased(&erasure.head, client_id).version;
        let versions =
            [first, again(0, true), again(1, false), again(255, true), again(256, false), again(1 << 40, true)];
        assert!(versions.is_sorted());
        assert_eq!(versions.map(ClientRow::is_entry_again), [false, true, false, true, false, true]);
    }
}
