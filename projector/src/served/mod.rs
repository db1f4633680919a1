//! Which database is served: one row says it, which the query API, the projectors and the views follow.

mod definition;
mod versions;

pub use definition::{Named, UnknownDefinition};
pub(crate) use versions::{number, numbered};

use clickhouse::Row;
use loupe_service::clock;
use serde::{Deserialize, Serialize};

use crate::config::FIRST_DATABASE;
use crate::store::{MigrationError, Store};
use crate::views::Tables;

const TABLE: &str = include_str!("served.sql");

/// A switch to a database: a row of `served`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct Switch {
    pub step: u64,
    pub database: String,
    pub definition: String,
    pub served_from: i64,
}

impl Store {
    /// Every switch, the latest first; none when nobody ever switched.
    ///
    /// # Errors
    /// The query failed.
    pub async fn switches(&self, views: &str) -> Result<Vec<Switch>, MigrationError> {
        let query = format!("SELECT ?fields FROM `{views}`.served ORDER BY step DESC, served_from DESC");
        let rows = self.anywhere().with_validation(false).query(&query).fetch_all().await;
        rows.map_err(|cause| MigrationError::Statement { step: "read which database is served".to_owned(), cause })
    }

    /// The database that is served; the first one when nobody ever switched.
    ///
    /// # Errors
    /// The query failed.
    pub async fn served(&self, views: &str) -> Result<String, MigrationError> {
        let latest = self.switches(views).await?.into_iter().next();
        Ok(named_by(latest))
    }

    /// Switches to this store's database: from one row on, the views read it, and the query API and the projectors follow.
    /// The views are made twice, which changes nothing that they show: before, to look at that row; after, to be rid of the
    /// other database, which may be dropped then.
    ///
    /// # Errors
    /// A statement failed. Whether the row is written shows [`Self::served`].
    pub async fn serve(&self, views: &str, definition: &str) -> Result<(), MigrationError> {
        let latest = self.switches(views).await?.into_iter().next();
        let step = latest.as_ref().map_or(0, |latest| latest.step) + 1;
        let before = named_by(latest);
        if before != self.name() {
            self.publish_views(views, Tables::Switching { before: &before, next: self.name() }).await?;
        }
        let (database, definition) = (self.name().to_owned(), definition.to_owned());
        let row = Switch { step, database, definition, served_from: clock::now_micros() };
        let failed = |cause| MigrationError::Statement { step: "switch".to_owned(), cause };
        let client = self.inserting().await.map_err(failed)?.with_database(views);
        crate::store::insert(&client, "served", &[row]).await.map_err(failed)?;
        self.publish_views(views, Tables::Of(self.name())).await
    }

    /// Makes the table that says what is served, when there is none.
    ///
    /// # Errors
    /// A statement failed.
    pub(crate) async fn make_served(&self, views: &str) -> Result<(), MigrationError> {
        self.make_database(views).await?;
        self.make("create the table of what is served", &TABLE.replace("{views}", &format!("`{views}`"))).await
    }
}

/// The database that the latest switch names; the first one when nobody ever switched.
fn named_by(latest: Option<Switch>) -> String {
    latest.map_or_else(|| FIRST_DATABASE.to_owned(), |switch| switch.database)
}
