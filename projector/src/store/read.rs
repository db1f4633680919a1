//! Tables read back whole, as a reader sees them: for audits, and for tests.

use clickhouse::{Row, RowOwned, RowRead};

use super::Store;
use crate::fold::lattice::{Lattice, Table, Tables};

/// The tables whose rows belong to a collection.
macro_rules! of_collections {
    ($with:ident) => {
        $with!(
            events,
            downloads,
            deliveries,
            media_daily,
            collection_quarter_hourly,
            identity_daily,
            link_daily,
            favorites,
            favorite_lists,
            stars,
            share_links,
            link_visitors,
            collections,
            collection_first_upserts,
            galleries,
            media
        )
    };
}

macro_rules! names {
    ($($table:ident),+) => { &[$(stringify!($table)),+] };
}

/// Their names.
pub(crate) const OF_COLLECTIONS: &[&str] = of_collections!(names);

/// Whose rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The account.
    pub account_id: u64,
    /// The collection; all of the account's when absent.
    pub collection_id: Option<u64>,
}

impl Store {
    /// Every row of the read models in this scope. Clients and erasures, which belong to no collection, are read with
    /// the account; `edge_sequences` belong to no account and stay empty.
    ///
    /// # Errors
    /// A query failed.
    pub async fn tables(&self, scope: Scope) -> clickhouse::error::Result<Tables> {
        let mut tables = Tables::default();
        macro_rules! read {
            ($($table:ident),+) => {
                $(tables.$table = self.table(scope, true).await?;)+
            };
        }
        of_collections!(read);
        if scope.collection_id.is_none() {
            let Tables { clients, erasures, .. } = self.account_tables(scope.account_id).await?;
            tables.clients = clients;
            tables.erasures = erasures;
        }
        Ok(tables)
    }

    /// The rows that belong to an account and to none of its collections.
    ///
    /// # Errors
    /// A query failed.
    pub async fn account_tables(&self, account_id: u64) -> clickhouse::error::Result<Tables> {
        let scope = Scope { account_id, collection_id: None };
        Ok(Tables {
            clients: self.table(scope, false).await?,
            erasures: self.table(scope, false).await?,
            ..Tables::default()
        })
    }

    /// The rows that belong to no account.
    ///
    /// # Errors
    /// A query failed.
    pub async fn edge_tables(&self) -> clickhouse::error::Result<Tables> {
        Ok(Tables { edge_sequences: self.rows("true").await?, ..Tables::default() })
    }

    /// The accounts that have a client or an erasure.
    ///
    /// # Errors
    /// A query failed.
    pub async fn accounts(&self) -> clickhouse::error::Result<Vec<u64>> {
        let query = "SELECT DISTINCT account_id FROM (SELECT account_id FROM clients UNION ALL SELECT account_id \
                     FROM erasures) ORDER BY account_id";
        self.database().query(query).fetch_all().await
    }

    async fn table<R>(&self, scope: Scope, has_collection: bool) -> clickhouse::error::Result<Table<R>>
    where
        R: Lattice + RowOwned + RowRead + Row,
    {
        let collection = match scope.collection_id {
            Some(collection_id) if has_collection => format!(" AND collection_id = {collection_id}"),
            _ => String::new(),
        };
        self.rows(&format!("account_id = {}{collection}", scope.account_id)).await
    }

    async fn rows<R>(&self, condition: &str) -> clickhouse::error::Result<Table<R>>
    where
        R: Lattice + RowOwned + RowRead + Row,
    {
        let query = format!("SELECT ?fields FROM {} FINAL WHERE {condition}", R::TABLE);
        // Its check of columns cannot parse the type of named tuples; a test against the real tables replaces it.
        let mut rows = self.database().with_validation(false).query(&query).fetch::<R>()?;
        let mut table = Table::default();
        while let Some(row) = rows.next().await? {
            table.write(&row);
        }
        Ok(table)
    }
}
