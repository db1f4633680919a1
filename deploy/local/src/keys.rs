//! The secrets of a stack: two API keys that persist across restarts, and what its services hash and sign with.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{DateTime, Utc};
use loupe_service::keys::{Accounts, KeyFileError, KeyStore, Scope, append, mint};
use serde::{Deserialize, Serialize};

use crate::options::KeyAdd;

/// The account that the `owner` key reads.
pub const OWNER_ACCOUNT: u64 = 1;

const SECRETS_FILE: &str = "secrets.json";
const KEYS_FILE: &str = "keys.jsonl";

/// The secrets of one stack, in a file that only its user can read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// A key that may publish for all accounts, as an edge does.
    pub edge_key: String,
    /// A key with all scopes on account 1.
    pub owner_key: String,
    /// What ingest hashes client addresses with (rule 17).
    pub ip_hash_key: String,
    /// What the query API signs cursors with.
    pub cursor_key: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

/// The key file of a data directory.
#[must_use]
pub fn file(data_dir: &Path) -> PathBuf {
    data_dir.join(KEYS_FILE)
}

/// The secrets of a data directory, made at the first start.
///
/// # Errors
/// A file cannot be read or written, or is not what it should be.
pub fn ensure(data_dir: &Path, now: DateTime<Utc>) -> anyhow::Result<Secrets> {
    let path = data_dir.join(SECRETS_FILE);
    let keys = file(data_dir);
    let known = match std::fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice::<Secrets>(&bytes).with_context(|| format!("in {}", path.display()))?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let mut secrets = match known {
        Some(secrets) => secrets,
        None => Secrets {
            edge_key: String::new(),
            owner_key: String::new(),
            ip_hash_key: random_text()?,
            cursor_key: random_text()?,
        },
    };
    let before = secrets.clone();
    let events_write = BTreeSet::from([Scope::EventsWrite]);
    keep(&keys, &mut secrets.edge_key, Accounts::All, events_write, "edge of the local stack", now)?;
    let (account, all) = (Accounts::one(OWNER_ACCOUNT), BTreeSet::from(Scope::ALL));
    keep(&keys, &mut secrets.owner_key, account, all, "owner of the local stack", now)?;
    if secrets != before {
        write_private(&path, &serde_json::to_vec_pretty(&secrets)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(secrets)
}

/// Mints a key for the stack of a data directory and returns its token.
///
/// # Errors
/// No stack has run there, the key is wrong, or its file cannot be written.
pub fn add(command: &KeyAdd, now: DateTime<Utc>) -> anyhow::Result<String> {
    let accounts = command.accounts()?;
    let data_dir = command.data.path()?;
    let keys = file(&data_dir);
    if !keys.exists() {
        anyhow::bail!("no stack has run in {}: start one, or name its --data-dir", data_dir.display());
    }
    let (token, entry) = mint(accounts, command.scopes.iter().copied().collect(), &command.label, now)?;
    append(&keys, &entry)?;
    Ok(token)
}

/// Writes a file at once, readable by its owner only.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Leaves a token that the key file knows as it is, and mints another in place of one it does not.
fn keep(
    keys: &Path,
    token: &mut String,
    accounts: Accounts,
    scopes: BTreeSet<Scope>,
    label: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let known = match KeyStore::open(keys) {
        Ok(store) => store.authenticate(token).is_some(),
        Err(KeyFileError::Io { cause, .. }) if cause.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error.into()),
    };
    if !known {
        let (minted, entry) = mint(accounts, scopes, label, now)?;
        append(keys, &entry)?;
        *token = minted;
    }
    Ok(())
}

/// 256 random bits as text.
fn random_text() -> anyhow::Result<String> {
    use rand::TryRng;
    let mut bytes = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).context("the operating system gave no randomness")?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_persist_and_are_minted_again_when_their_file_is_lost() {
        let directory = tempfile::tempdir().unwrap();
        let first = ensure(directory.path(), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(ensure(directory.path(), DateTime::UNIX_EPOCH).unwrap(), first);
        std::fs::remove_file(file(directory.path())).unwrap();
        let second = ensure(directory.path(), DateTime::UNIX_EPOCH).unwrap();
        assert_ne!(second.owner_key, first.owner_key);
        assert_eq!(second.ip_hash_key, first.ip_hash_key);
    }

    #[test]
    fn the_edge_publishes_for_all_and_the_owner_has_all_scopes_on_account_one() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = ensure(directory.path(), DateTime::UNIX_EPOCH).unwrap();
        let store = KeyStore::open(file(directory.path())).unwrap();
        let edge = store.authenticate(&secrets.edge_key).unwrap();
        assert!(edge.accounts == Accounts::All && edge.scopes == [Scope::EventsWrite].into());
        let owner = store.authenticate(&secrets.owner_key).unwrap();
        assert!(owner.accounts.only() == Some(1) && owner.scopes == Scope::ALL.into());
    }

    #[test]
    fn secrets_are_private() {
        let directory = tempfile::tempdir().unwrap();
        ensure(directory.path(), DateTime::UNIX_EPOCH).unwrap();
        for name in [SECRETS_FILE, KEYS_FILE] {
            let mode = std::fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}");
        }
    }
}
