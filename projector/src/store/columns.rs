//! What columns the tables have, asked once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use clickhouse::error::{Error, Result};
use clickhouse::{Client, Row};
use serde::Deserialize;

use super::native::ColumnType;

type Types = Arc<HashMap<String, ColumnType>>;

/// The columns of tables that were asked for so far. A type that is changed meanwhile does no harm: the server casts
/// what it is sent.
#[derive(Clone, Default)]
pub(super) struct Columns(Arc<Mutex<HashMap<&'static str, Types>>>);

#[derive(Row, Deserialize)]
struct Described {
    name: String,
    r#type: String,
}

impl Columns {
    /// The types of a table's columns, by name.
    ///
    /// # Errors
    /// There is no such table now, or it has a type that no row can have.
    pub(super) async fn of(&self, client: &Client, table: &'static str) -> Result<Types> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(table).cloned();
        if let Some(types) = known {
            return Ok(types);
        }
        let query = "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = ?";
        let described: Vec<Described> = client.query(query).bind(table).fetch_all().await?;
        if described.is_empty() {
            return Err(Error::Custom(format!("there is no table `{table}`")));
        }
        let mut types = HashMap::new();
        for Described { name, r#type } in described {
            let parsed = ColumnType::parse(&r#type);
            let parsed = parsed.map_err(|error| Error::Custom(format!("column `{table}.{name}`: {error}")))?;
            types.insert(name, parsed);
        }
        let types = Arc::new(types);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(table, Arc::clone(&types));
        Ok(types)
    }
}
