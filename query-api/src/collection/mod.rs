//! Which collections an account has (rule 102).

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use loupe_service::problem::Problem;
use serde_json::Value;

use crate::parameters::Selection;
use crate::store::Store;

/// Collections remembered before all are forgotten.
const REMEMBERED_MAX: usize = 100_000;

/// Collections that were found by account: one that an event has named is never unnamed, so each is looked for once.
#[derive(Debug, Default)]
pub(crate) struct Collections {
    found: Mutex<HashSet<(u64, u64)>>,
}

impl Collections {
    /// Refuses a selection whose collection the account does not have.
    ///
    /// # Errors
    /// 404, or the statement failed.
    pub(crate) async fn require(&self, store: &Store, selection: &Selection) -> Result<(), Problem> {
        let key = (selection.account, selection.collection);
        if self.found.lock().unwrap_or_else(PoisonError::into_inner).contains(&key) {
            return Ok(());
        }
        let row = store.row(include_str!("exists.sql"), selection).await?;
        if row.get("found").and_then(Value::as_u64) != Some(1) {
            return Err(Problem::not_found("there is no such collection"));
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= REMEMBERED_MAX {
            found.clear();
        }
        found.insert(key);
        Ok(())
    }
}
