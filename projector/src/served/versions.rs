//! The databases there are: `loupe_v1`, `loupe_v2`, …

use std::collections::BTreeSet;

use crate::store::Store;

/// What the names of versioned databases begin with.
const PREFIX: &str = "loupe_v";

/// The number in the name of a versioned database.
pub(crate) fn number(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

/// The name of the database of a number.
pub(crate) fn numbered(number: u64) -> String {
    format!("{PREFIX}{number}")
}

impl Store {
    /// The numbers of all databases there are, served or not.
    ///
    /// # Errors
    /// The query failed.
    pub(crate) async fn versions(&self) -> clickhouse::error::Result<BTreeSet<u64>> {
        let query = "SELECT name FROM system.databases WHERE startsWith(name, ?)";
        let names: Vec<String> = self.anywhere().query(query).bind(PREFIX).fetch_all().await?;
        Ok(names.iter().filter_map(|name| number(name)).collect())
    }
}
