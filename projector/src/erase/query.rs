//! What ClickHouse knows of erasures, and what it is told to do about one.

use std::collections::BTreeSet;

use clickhouse::types::UInt256;
use clickhouse::{Client, Row};
use loupe_schemas::event::Actor;
use loupe_schemas::ids::{AccountId, ClientId, CollectionId};
use loupe_schemas::time::Day;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::statements::{ORDER, STATEMENTS, Statement};
use super::{DONE, Touched};
use crate::fold::clients::ClientRow;
use crate::fold::erasures::{ErasureRow, Erasures, client_hash, erased_id};
use crate::fold::identity::Identity;
use crate::fold::slice_key::SliceKey;
use crate::log::Decoder;
use crate::quarantine::Place;
use crate::store::{Store, insert, on_parts};

/// Ids of events in one statement: a parameter has at most 128 KiB.
const LEFTOVERS_MAX: usize = 1_000;
/// Whether ClickHouse keeps a statement in its own `query_log`, its parameters in their places.
const LOG_QUERIES: &str = "log_queries";

/// A client that is to be erased from what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The account.
    pub account_id: AccountId,
    /// The client.
    pub client_id: ClientId,
    /// The event that erased them first: its time in microseconds, and its id.
    pub erased: (i64, u128),
    /// The version of the latest row that orders it: later ones order it once more.
    pub version: UInt256,
    /// What is done of it.
    pub steps: BTreeSet<String>,
    /// How long ago the last step was done, in seconds by the store's clock.
    pub last_step_age_s: i64,
}

impl Order {
    /// Whether the catalogue's topic has an entry of the client again, after it was told to forget them.
    #[must_use]
    pub fn is_again(&self) -> bool {
        ClientRow::is_entry_again(self.version)
    }

    /// Whether nothing stored named the person once, or more than once.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.steps.contains(DONE)
    }

    /// The row by which the client is recognised from now on.
    pub(super) fn remembered(&self) -> ErasureRow {
        ErasureRow { account_id: self.account_id.0, client_hash: client_hash(&self.client_id), erased: self.erased }
    }

    /// A row that notes a step of it, done at a time in microseconds.
    #[must_use]
    pub fn step(&self, step: &str, done_at: i64) -> StepRow {
        let client_hash = client_hash(&self.client_id);
        StepRow { account_id: self.account_id.0, client_hash, step: step.to_owned(), done_at }
    }
}

/// A row of `erasure_steps`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct StepRow {
    pub account_id: u64,
    pub client_hash: u128,
    pub step: String,
    pub done_at: i64,
}

#[derive(Debug, Row, Deserialize)]
struct FoundOrder {
    account_id: u64,
    client_id: String,
    version: UInt256,
}

#[derive(Debug, Row, Deserialize)]
struct FoundSteps {
    steps: Vec<String>,
    age_s: i64,
}

#[derive(Debug, Row, Deserialize)]
struct FoundSlice {
    collection_id: u64,
    slice_day: u16,
    events: u64,
}

impl Store {
    /// Who is erased: what a projector has to know before it folds.
    ///
    /// # Errors
    /// The query failed.
    pub async fn erasures(&self) -> clickhouse::error::Result<Erasures> {
        let query = "SELECT account_id, client_hash, min(erasures.erased) AS erased FROM erasures \
                     GROUP BY account_id, client_hash";
        // The check of columns refuses named tuples.
        let client = self.database().with_validation(false);
        let query = client.query(query).with_setting("select_sequential_consistency", "1");
        let mut rows = query.fetch::<ErasureRow>()?;
        let mut erasures = Erasures::default();
        while let Some(row) = rows.next().await? {
            erasures.insert(&row);
        }
        Ok(erasures)
    }

    /// How many clients are erased: whether there is news for one who knows so many.
    ///
    /// # Errors
    /// The query failed.
    pub async fn erasure_count(&self) -> clickhouse::error::Result<u64> {
        self.database().query("SELECT uniqExact(account_id, client_hash) FROM erasures").fetch_one().await
    }

    /// The clients that are still to be erased from what is stored, those in `erasures` alone.
    ///
    /// # Errors
    /// A query failed.
    pub async fn erasure_orders(&self) -> clickhouse::error::Result<Vec<Order>> {
        let query = "SELECT account_id, client_id, max(clients.version) AS version FROM clients \
                     WHERE is_deleted = 1 GROUP BY account_id, client_id ORDER BY account_id, client_id";
        let found: Vec<FoundOrder> = self.database().query(query).fetch_all().await?;
        let mut orders = Vec::new();
        for FoundOrder { account_id, client_id, version } in found {
            let Some(client_id) = ClientId::new(client_id) else { continue };
            let hash = client_hash(&client_id);
            let Some(erased) = self.erased(account_id, hash).await? else { continue };
            let FoundSteps { steps, age_s } = self.erasure_steps(account_id, hash).await?;
            let steps = steps.into_iter().collect();
            let account_id = AccountId(account_id);
            orders.push(Order { account_id, client_id, erased, version, steps, last_step_age_s: age_s });
        }
        Ok(orders)
    }

    async fn erased(&self, account_id: u64, hash: u128) -> clickhouse::error::Result<Option<(i64, u128)>> {
        let query = "SELECT account_id, client_hash, min(erasures.erased) AS erased FROM erasures \
                     WHERE account_id = {account:UInt64} AND client_hash = {hash:UInt128} GROUP BY account_id, client_hash";
        let client = self.database().with_validation(false);
        let query = client.query_raw(query).param("account", account_id).param("hash", hash.to_string());
        Ok(query.fetch_optional::<ErasureRow>().await?.map(|row| row.erased))
    }

    async fn erasure_steps(&self, account_id: u64, hash: u128) -> clickhouse::error::Result<FoundSteps> {
        let query = "SELECT groupUniqArray(toString(step)) AS steps, \
                     toInt64(dateDiff('second', max(erasure_steps.done_at), now64(6, 'UTC'))) AS age_s FROM erasure_steps \
                     WHERE account_id = {account:UInt64} AND client_hash = {hash:UInt128}";
        let query = self.database().query_raw(query).param("account", account_id).param("hash", hash.to_string());
        query.with_setting("select_sequential_consistency", "1").fetch_one().await
    }

    /// Notes steps of erasures.
    ///
    /// # Errors
    /// The insert failed; it may be repeated.
    pub async fn write_erasure_steps(&self, steps: &[StepRow]) -> clickhouse::error::Result<()> {
        if steps.is_empty() { Ok(()) } else { insert(&self.inserting().await?, "erasure_steps", steps).await }
    }

    /// The slices of which a stored payload names the client, or says something that looks the same, or whoever stands in the
    /// client's place: where the client is replaced already, whoever did so may have outranked rows of more events that were on
    /// their way. Of days of which every event is there: written anew from a part of its events, a slice would count those alone.
    ///
    /// # Errors
    /// The query failed.
    pub async fn slices_about(&self, order: &Order) -> clickhouse::error::Result<Vec<Touched>> {
        let since = self.first_whole_day().await?;
        let query = "SELECT collection_id, slice_day, count() AS events FROM events \
                     WHERE account_id = {account:UInt64} AND slice_day >= toDate({since:UInt16}) \
                       AND (collection_id, slice_day) IN ( \
                         SELECT collection_id, slice_day FROM events WHERE account_id = {account:UInt64} \
                           AND (version = 0 AND position(payload, {client:String}) > 0 \
                             OR position(payload, {place:String}) > 0) \
                     ) GROUP BY collection_id, slice_day ORDER BY collection_id, slice_day";
        let account_id = order.account_id;
        let query = self.off_the_record().query_raw(query).param("account", account_id.0);
        let query = query.param("client", order.client_id.as_str()).param("place", erased_id(order.erased.1));
        let query = query.param("since", since.0);
        let found: Vec<FoundSlice> = query.with_setting("select_sequential_consistency", "1").fetch_all().await?;
        let touched = |row: FoundSlice| {
            let (collection_id, day) = (CollectionId(row.collection_id), Day(row.slice_day));
            Touched { key: SliceKey { account_id, collection_id, day }, events: row.events }
        };
        Ok(found.into_iter().map(touched).collect())
    }

    /// The client for statements that name a person: kept by ClickHouse, they would be the last trace of them.
    fn off_the_record(&self) -> Client {
        self.database().with_setting(LOG_QUERIES, "0")
    }

    /// Takes the person out of every table but `clients`, and waits until it is done.
    ///
    /// # Errors
    /// The first statement that failed; all may be repeated.
    pub async fn erase_rows(&self, order: &Order) -> clickhouse::error::Result<()> {
        let since = self.first_whole_day().await?;
        self.erase_leftovers(order, since).await?;
        for statement in STATEMENTS {
            self.mutate(statement, order, since).await?;
        }
        Ok(())
    }

    /// Deletes the client's events of days of which some are gone: they would go soon, and nothing is counted by them any more.
    async fn erase_leftovers(&self, order: &Order, since: Day) -> clickhouse::error::Result<()> {
        let query = "SELECT toString(event_id) AS event_id, payload FROM events WHERE account_id = {account:UInt64} \
                     AND slice_day < toDate({since:UInt16}) AND position(payload, {client:String}) > 0";
        let query = self.off_the_record().query_raw(query).param("account", order.account_id.0).param("since", since.0);
        let mut found = query.param("client", order.client_id.as_str()).fetch::<Leftover>()?;
        let (decoder, mut events) = (Decoder::default(), Vec::new());
        while let Some(leftover) = found.next().await? {
            if leftover.is_of(&order.client_id, &decoder) {
                events.push(leftover.event_id);
            }
        }
        // What they noted goes first: no event says whose it was then.
        let statements = [
            "ALTER TABLE favorites UPDATE noted = tuple(noted.at, noted.event_id, '') \
             WHERE account_id = {account:UInt64} AND noted.note != '' \
               AND has(arrayMap(id -> toUInt128(id), {events:Array(UUID)}), noted.event_id)",
            "ALTER TABLE events DELETE WHERE account_id = {account:UInt64} \
             AND slice_day < toDate({since:UInt16}) AND has({events:Array(UUID)}, event_id)",
        ];
        for events in events.chunks(LEFTOVERS_MAX) {
            for statement in statements {
                let client = self.inserting().await?;
                let query = client.query_raw(&on_parts(self.cluster(), self.name(), statement));
                let query = query.param("account", order.account_id.0).param("since", since.0).param("events", events);
                query.with_setting("mutations_sync", "2").execute().await?;
            }
        }
        Ok(())
    }

    /// Takes the client out of `clients`, and with them the order to erase; what orders it anew since the order was read stays.
    ///
    /// # Errors
    /// The statement failed; it may be repeated.
    pub async fn erase_order(&self, order: &Order) -> clickhouse::error::Result<()> {
        self.mutate(&ORDER, order, Day(0)).await
    }

    async fn mutate(&self, statement: &Statement, order: &Order, since: Day) -> clickhouse::error::Result<()> {
        let Order { account_id, client_id, erased: (_, event_id), .. } = order;
        let place = erased_id(*event_id);
        tracing::debug!(statement = statement.name, account_id = account_id.0, "taking an erased client out");
        self.inserting()
            .await?
            .query_raw(&on_parts(self.cluster(), self.name(), statement.sql))
            .param("account", account_id.0)
            .param("client", hex::encode(Sha256::digest(client_id.as_str())))
            .param("identity", identity_of(client_id.as_str()).to_string())
            .param("place_identity", identity_of(&place).to_string())
            .param("place", place)
            .param("version", order.version.to_string())
            .param("since", since.0)
            // On every replica, before the next step says so.
            .with_setting("mutations_sync", "2")
            // A replica may read others' rows at another time than its peers: those that decide are on all of them.
            .with_setting("allow_nondeterministic_mutations", "1")
            .with_setting(LOG_QUERIES, "0")
            .execute()
            .await
    }

    /// The texts by which the person is known: the id, and the addresses that `clients` still has.
    ///
    /// # Errors
    /// The query failed.
    pub async fn names_of(&self, order: &Order) -> clickhouse::error::Result<Vec<String>> {
        let query = "SELECT DISTINCT assumeNotNull(email) AS email FROM clients \
                     WHERE account_id = {account:UInt64} AND client_id = {client:String} AND email != ''";
        let query = self.off_the_record().query_raw(query).param("account", order.account_id.0);
        let mut names: Vec<String> = query.param("client", order.client_id.as_str()).fetch_all().await?;
        names.push(order.client_id.to_string());
        Ok(names)
    }

    /// Deletes the quarantined records that name the person; how many there were.
    ///
    /// # Errors
    /// A statement failed; it may be repeated.
    pub async fn erase_quarantined(&self, names: &[String]) -> clickhouse::error::Result<usize> {
        let query = "SELECT topic, partition, offset FROM quarantine \
                     WHERE multiSearchAny(concat(key, '\\n', payload, '\\n', field, '\\n', message), {names:Array(String)})";
        let found: Vec<Place> = self.off_the_record().query_raw(query).param("names", names).fetch_all().await?;
        self.delete_quarantined(&found).await?;
        Ok(found.len())
    }
}

/// A stored event that names a client, or says something that looks the same.
#[derive(Debug, Row, Deserialize)]
struct Leftover {
    event_id: String,
    #[serde(with = "serde_bytes")]
    payload: Vec<u8>,
}

impl Leftover {
    /// Whether the client did it; what cannot be read may be theirs.
    fn is_of(&self, client_id: &ClientId, decoder: &Decoder) -> bool {
        let Ok(event) = decoder.decode_stored(&self.payload) else { return true };
        event.head.actor.is_some_and(|actor| actor.client_id.as_ref() == Some(client_id))
    }
}

/// The identity of a client, as tables hold it (rule 12).
fn identity_of(client_id: &str) -> u128 {
    Identity::of(&Actor { client_id: ClientId::new(client_id), ..Actor::default() }).0
}
