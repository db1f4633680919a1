//! ClickHouse: the tables, their rows, and the states read back from them.

mod blocks;
mod cluster;
mod columns;
mod homes;
mod hydrate;
mod insert;
mod ledger;
mod migrations;
mod native;
mod parts;
mod read;
mod topology;

pub use blocks::{Blocks, Inserts};
pub use cluster::UnknownForm;
pub(crate) use cluster::{on_cluster, on_parts, parts as parts_of};
pub use homes::Homes;
pub(crate) use insert::insert;
pub use insert::{LedgerRow, LiftRow, QuarantineRow, ReplayRow, WatermarkRow};
pub use ledger::{Ledger, LedgerState};
pub use migrations::{MigrationError, definition};
pub(crate) use read::OF_COLLECTIONS;
pub use read::Scope;

use std::sync::Arc;

use clickhouse::Client;
use tokio::sync::OnceCell;

use crate::config::Config;
use columns::Catalog;
use topology::Replicas;

/// The database of one version of the tables.
#[derive(Clone)]
pub struct Store {
    client: Client,
    database: String,
    columns: Catalog,
    /// The cluster the tables are on; `None` on a single node.
    cluster: Option<String>,
    /// Asked once; a cluster is changed while no projector runs.
    replicas: Arc<OnceCell<Replicas>>,
}

impl Store {
    /// A store; nothing is connected until something is asked.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let (user, password) = (config.clickhouse_user.as_deref(), config.clickhouse_password.as_ref());
        let authorities = config.clickhouse_ca_file.as_ref();
        let client = loupe_service::clickhouse::client(&config.clickhouse_url, user, password, authorities)
            // Asynchronous inserts acknowledge before rows are durable, or wait for other clients.
            .with_setting("async_insert", "0")
            // A flush has each key of most tables once, so merging its rows on the way in is work for nothing.
            .with_setting("optimize_on_insert", "0")
            // One insert is one block, so that it is seen whole or not at all.
            .with_setting("max_insert_block_size", "1048576")
            .with_setting("min_insert_block_size_rows", "1048576")
            .with_setting("min_insert_block_size_bytes", "1073741824");
        let cluster = (!config.cluster.is_empty()).then(|| config.cluster.clone());
        let client = if cluster.is_some() { spread(client) } else { client };
        let database = config.database().to_owned();
        Self { client, database, columns: Catalog::default(), cluster, replicas: Arc::default() }
    }

    /// The same ClickHouse with another database.
    #[must_use]
    pub fn of(&self, database: &str) -> Self {
        Self { database: database.to_owned(), columns: Catalog::default(), ..self.clone() }
    }

    /// The name of this store's database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.database
    }

    /// The cluster that the tables are on.
    pub(crate) fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }

    /// The client without a database, for statements that name theirs.
    pub(crate) fn anywhere(&self) -> Client {
        self.client.clone()
    }

    /// The client with this store's database.
    pub(crate) fn database(&self) -> Client {
        self.client.clone().with_database(&self.database)
    }
}

/// What statements are told where tables are spread over shards.
fn spread(client: Client) -> Client {
    client
        // An insert has arrived in its shards when it is acknowledged, not in a queue on the way.
        .with_setting("distributed_foreground_insert", "1")
        // Rows that come again change nothing, while a table that was emptied would not take those it had before.
        .with_setting("insert_deduplicate", "0")
        // A slice that is folded without the events of a shard that is away would be wrong for good.
        .with_setting("skip_unavailable_shards", "0")
        // A statement about accounts is asked of their shards alone, which join their own parts.
        .with_setting("optimize_skip_unused_shards", "1")
        .with_setting("distributed_product_mode", "local")
}
