//! What columns the tables have, asked once.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use clickhouse::error::Result;
use clickhouse::{Client, Row};
use serde::{Deserialize, Serialize};

use super::insert::{QUARANTINE, QuarantineRow};
use super::native::Columns;
use crate::fold::rows::{EachTable, Rows};

/// The columns of every table that a flush writes, by its name; or why it cannot be written.
#[derive(Debug, Default)]
pub(super) struct Tables(HashMap<&'static str, std::result::Result<Columns, String>>);

impl Tables {
    /// The columns of a table.
    pub(super) fn of(&self, table: &str) -> std::result::Result<&Columns, &str> {
        self.0.get(table).map_or(Err("no flush writes this table"), |columns| columns.as_ref().map_err(String::as_str))
    }

    /// Why a table cannot be written, if one cannot.
    pub(super) fn refusal(&self) -> Option<&str> {
        self.0.values().find_map(|columns| columns.as_ref().err().map(String::as_str))
    }
}

/// The tables of a database, once each was there. A type that is changed meanwhile does no harm: the server casts what
/// it is sent.
#[derive(Clone, Default)]
pub(super) struct Catalog(Arc<OnceLock<Arc<Tables>>>);

#[derive(Row, Deserialize)]
struct Described {
    table: String,
    name: String,
    r#type: String,
}

impl Catalog {
    /// The columns of all tables that a flush writes.
    ///
    /// # Errors
    /// ClickHouse could not be asked.
    pub(super) async fn tables(&self, client: &Client) -> Result<Arc<Tables>> {
        if let Some(tables) = self.0.get() {
            return Ok(Arc::clone(tables));
        }
        let query = "SELECT table, name, type FROM system.columns WHERE database = currentDatabase()";
        let mut found = Found::default();
        for Described { table, name, r#type } in client.query(query).fetch_all().await? {
            found.types.entry(table).or_default().insert(name, r#type);
        }
        Rows::default().each(&mut found);
        found.table::<QuarantineRow>(QUARANTINE, &[]);
        let tables = Arc::new(found.tables);
        if tables.refusal().is_none() {
            // Another that asked meanwhile found the same.
            let _ = self.0.set(Arc::clone(&tables));
        }
        Ok(tables)
    }
}

#[derive(Default)]
struct Found {
    types: HashMap<String, HashMap<String, String>>,
    tables: Tables,
}

impl EachTable for Found {
    fn table<R: Row + Serialize>(&mut self, name: &'static str, _: &[R]) {
        let columns = match self.types.get(name) {
            Some(types) => Columns::of::<R>(types).map_err(|error| format!("table `{name}`: {error}")),
            None => Err(format!("there is no table `{name}`")),
        };
        self.tables.0.insert(name, columns);
    }
}
