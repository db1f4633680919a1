//! The secrets of a stack: two API keys that persist across restarts, and what its services hash and sign with.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use loupe_service::keys::{
    Accounts, Entry, KeyFileError, KeyStore, Rotation, Scope, append, list, mint, revoke, rotate,
};
use serde::{Deserialize, Serialize};

use crate::options::{KeyAdd, KeyCommand, KeyFile, KeyRotate, Life};

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

/// Does what a `key` command says, and returns what is to be printed.
///
/// # Errors
/// No stack has run there, there is no such key, a new one is wrong, or the file cannot be read or written.
pub fn run(command: &KeyCommand, now: DateTime<Utc>) -> anyhow::Result<String> {
    match command {
        KeyCommand::Add(key) => add(key, now),
        KeyCommand::List { file } => Ok(table(&list(&existing(file)?)?, now)),
        KeyCommand::Rotate(KeyRotate { id, grace, life, file }) => {
            let rotation = Rotation { old_expires_at: now + *grace, new_expires_at: end_of(life, now) };
            Ok(rotate(&existing(file)?, id, rotation, now)?.0)
        }
        KeyCommand::Revoke { id, file } => {
            let revoked = revoke(&existing(file)?, id)?;
            Ok(format!("{} ({}) is revoked", revoked.id, revoked.label))
        }
    }
}

fn add(command: &KeyAdd, now: DateTime<Utc>) -> anyhow::Result<String> {
    // A key file of one's own begins with its first key; that of a stack is the stack's to make.
    let keys = match &command.file.keys_file {
        Some(file) => file.clone(),
        None => existing(&command.file)?,
    };
    let scopes = command.scopes.iter().copied().collect();
    let (token, mut entry) = mint(command.accounts()?, scopes, &command.label, now)?;
    entry.expires_at = end_of(&command.life, now);
    append(&keys, &entry)?;
    Ok(token)
}

fn end_of(life: &Life, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    life.expires_in.map(|life| now + life)
}

/// The key file that is meant, which must be there.
fn existing(named: &KeyFile) -> anyhow::Result<PathBuf> {
    if let Some(file) = &named.keys_file {
        return Ok(file.clone());
    }
    let data_dir = named.data.path()?;
    let keys = file(&data_dir);
    if !keys.exists() {
        anyhow::bail!("no stack has run in {}: start one, or name its --data-dir", data_dir.display());
    }
    Ok(keys)
}

/// One line a key: id, accounts, scopes, when it was minted and expires, what it replaced, label.
fn table(entries: &[Entry], now: DateTime<Utc>) -> String {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let line = |entry: &Entry| {
        let accounts = match &entry.accounts {
            Accounts::All => "all".to_owned(),
            Accounts::Some(accounts) => accounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        };
        let scopes: Vec<&str> = entry.scopes.iter().map(|scope| scope.as_str()).collect();
        let end = match entry.expires_at {
            None => "never expires".to_owned(),
            Some(at) if entry.is_expired(now) => format!("expired {}", time(at)),
            Some(at) => format!("expires {}", time(at)),
        };
        let replaced = entry.replaces.as_ref().map(|id| format!("  replaces {id}")).unwrap_or_default();
        let (id, scopes, created, label) = (&entry.id, scopes.join(","), time(entry.created_at), &entry.label);
        format!("{id}  account {accounts}  {scopes}  created {created}  {end}{replaced}  {label}")
    };
    entries.iter().map(line).collect::<Vec<_>>().join("\n")
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

    use clap::Parser;

    use super::*;
    use crate::options::{Cli, Command};

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
    fn keys_are_added_listed_rotated_and_revoked_by_command() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("keys.jsonl");
        let loupe = |words: &str, now: DateTime<Utc>| {
            let words = format!("loupe key {words} --keys-file {}", file.display());
            let cli = Cli::parse_from(words.split(' '));
            let Some(Command::Key(command)) = cli.command else { panic!("{words}") };
            run(&command, now)
        };
        let begun = DateTime::UNIX_EPOCH;
        let token = loupe("add --account 7 --scopes links:read --label gallery --expires-in 90d", begun).unwrap();
        let store = KeyStore::open(&file).unwrap();
        let id = store.identify(&token, begun).unwrap().key_id;
        let listed = loupe("list", begun).unwrap();
        assert_eq!(
            listed,
            format!("{id}  account 7  links:read  created 1970-01-01T00:00:00Z  expires 1970-04-01T00:00:00Z  gallery")
        );
        let new_token = loupe(&format!("rotate {id} --grace 1d"), begun).unwrap();
        store.refresh();
        let next_day = begun + chrono::TimeDelta::days(1);
        assert!(store.identify(&token, begun).is_ok() && store.identify(&token, next_day).is_err());
        let new_id = store.identify(&new_token, next_day).unwrap().key_id;
        let listed = loupe("list", next_day).unwrap();
        assert!(listed.contains("expired 1970-01-02T00:00:00Z") && listed.contains(&format!("replaces {id}")));
        assert!(!listed.contains(&token) && !listed.contains(&new_token));
        loupe(&format!("revoke {new_id}"), next_day).unwrap();
        store.refresh();
        assert!(store.identify(&new_token, next_day).is_err());
        let error = loupe(&format!("rotate {new_id}"), next_day).unwrap_err().to_string();
        assert!(error.ends_with(&format!("has no key {new_id}")), "{error}");
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
