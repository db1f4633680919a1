//! Keys that tests begin with.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::DateTime;

use super::{Accounts, Entry, Scope, append, mint};

/// A token of account 1 that may read downloads, and its entry.
pub(super) fn new_key() -> (String, Entry) {
    mint(Accounts::one(1), BTreeSet::from([Scope::DownloadsRead]), "test", DateTime::UNIX_EPOCH).unwrap()
}

/// A file with such a key, in a directory of its own, and the key's token.
pub(super) fn file_with_one_key() -> (tempfile::TempDir, PathBuf, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.jsonl");
    let (token, entry) = new_key();
    append(&path, &entry).unwrap();
    (directory, path, token)
}
