//! API keys: who may call, for which accounts, to do what.
//!
//! A key file holds one JSON object a line: an [`Entry`], which knows the SHA-256 of its token but not the token. A
//! plain hash is adequate here, without salt or stretching: a token carries 256 bits from the operating system's
//! generator, so neither a table nor a search can find it from its hash, as they can for a password.
//!
//! Lines are added by [`append`], changed by [`rotate`] and removed by [`revoke`]; a running service follows the file by
//! [`KeyStore::watch`]. A key may expire; for a while after a rotation two keys of one holder are good.

mod entry;
mod file;
#[cfg(test)]
mod fixture;
mod scope;
mod store;

pub use entry::{Accounts, Entry, MintError, mint};
pub use file::{KeyFileError, Rotation, append, list, revoke, rotate};
pub use scope::{Scope, UnknownScope};
pub use store::{KeyStore, Refusal, bearer};

use std::collections::BTreeSet;

use crate::problem::Problem;

/// The caller that a key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The entry's id: for logs and rate limits, never the token.
    pub key_id: String,
    /// The accounts it may act for.
    pub accounts: Accounts,
    /// What it may do there.
    pub scopes: BTreeSet<Scope>,
}

impl Principal {
    /// Whether it may do `scope`.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// `Ok` when it may do `scope`.
    ///
    /// # Errors
    /// The 403 answer that names the scope.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.has(scope) {
            return Ok(());
        }
        let message = format!("this key lacks the scope `{scope}`");
        Err(Problem::forbidden("insufficient_scope", message)
            .with_details(serde_json::json!({ "required_scope": scope.as_str() })))
    }
}
