//! ClickHouse: the tables, their rows, and the states read back from them.

mod blocks;
mod columns;
mod hydrate;
mod insert;
mod ledger;
mod migrations;
mod native;
mod parts;
mod read;

pub use blocks::{Blocks, Inserts};
pub(crate) use insert::insert;
pub use insert::{LedgerRow, LiftRow, QuarantineRow, ReplayRow, WatermarkRow};
pub use ledger::LedgerState;
pub use migrations::MigrationError;
pub use read::Scope;

use clickhouse::Client;

use crate::config::Config;
use columns::Catalog;

/// The database of one version of the tables.
#[derive(Clone)]
pub struct Store {
    client: Client,
    database: String,
    columns: Catalog,
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
        Self { client, database: config.database.clone(), columns: Catalog::default() }
    }

    /// The name of this store's database.
    pub(crate) fn name(&self) -> &str {
        &self.database
    }

    /// The client with this store's database.
    pub(crate) fn database(&self) -> Client {
        self.client.clone().with_database(&self.database)
    }
}
