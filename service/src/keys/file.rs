//! The key file, read whole and written whole.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{Entry, MintError, mint};

pub(super) const FILE_BYTES_MAX: u64 = 8 << 20;
const ENTRIES_MAX: usize = 10_000;

/// Why a key file was refused.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read, written or locked.
    #[error("key file {path}: {cause}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// A line is not an entry, or repeats another.
    #[error("key file {path}, line {line}: {rule}", path = path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        rule: String,
    },
    /// No key has this id.
    #[error("key file {path} has no key {id}", path = path.display())]
    NoSuchKey {
        /// The file.
        path: PathBuf,
        /// The id.
        id: String,
    },
    /// A new key could not be minted.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// It holds more than a process should keep in memory.
    #[error("key file {path} must be at most {FILE_BYTES_MAX} bytes and {ENTRIES_MAX} entries", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

/// Adds a key to the file, creating it when it is absent (readable by its owner only).
///
/// The new file replaces the old one at once, and two writers wait for each other.
///
/// # Errors
/// The file as it is now is bad, or cannot be written or locked.
pub fn append(path: &Path, entry: &Entry) -> Result<(), KeyFileError> {
    change(path, true, |entries| {
        entries.push(entry.clone());
        Ok(())
    })
}

/// The keys of the file, in its order.
///
/// # Errors
/// The file is absent, too large, or a line of it is wrong.
pub fn list(path: &Path) -> Result<Vec<Entry>, KeyFileError> {
    read(path)
}

/// How one key takes another's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// When the old key stops being good, unless it does so before.
    pub old_expires_at: DateTime<Utc>,
    /// When the new one stops; never, when absent.
    pub new_expires_at: Option<DateTime<Utc>>,
}

/// Mints a key with the accounts, scopes and label of another, which stays good for a while; returns the new token.
///
/// # Errors
/// No key has this id, or the file is bad, or cannot be written or locked.
pub fn rotate(path: &Path, id: &str, rotation: Rotation, now: DateTime<Utc>) -> Result<(String, Entry), KeyFileError> {
    change(path, false, |entries| {
        let old = entries.iter_mut().find(|entry| entry.id == id).ok_or_else(|| no_such_key(path, id))?;
        let (token, mut new) = mint(old.accounts.clone(), old.scopes.clone(), &old.label, now)?;
        new.expires_at = rotation.new_expires_at;
        new.replaces = Some(id.to_owned());
        let end = rotation.old_expires_at;
        old.expires_at = Some(old.expires_at.map_or(end, |earlier| earlier.min(end)));
        entries.push(new.clone());
        Ok((token, new))
    })
}

/// Removes a key: a running service refuses it within a second. Returns what it was.
///
/// # Errors
/// No key has this id, or the file is bad, or cannot be written or locked.
pub fn revoke(path: &Path, id: &str) -> Result<Entry, KeyFileError> {
    change(path, false, |entries| {
        let at = entries.iter().position(|entry| entry.id == id).ok_or_else(|| no_such_key(path, id))?;
        Ok(entries.remove(at))
    })
}

fn no_such_key(path: &Path, id: &str) -> KeyFileError {
    KeyFileError::NoSuchKey { path: path.to_path_buf(), id: id.to_owned() }
}

/// Changes the keys of the file, which may be absent when they are only added to.
fn change<T>(
    path: &Path,
    may_be_absent: bool,
    edit: impl FnOnce(&mut Vec<Entry>) -> Result<T, KeyFileError>,
) -> Result<T, KeyFileError> {
    let io = |cause| KeyFileError::Io { path: path.to_path_buf(), cause };
    if !may_be_absent {
        std::fs::metadata(path).map_err(io)?;
    }
    let lock = File::options().create(true).append(true).open(lock_path(path)).map_err(io)?;
    lock.lock().map_err(io)?;
    let mut entries = match read(path) {
        Err(KeyFileError::Io { cause, .. }) if may_be_absent && cause.kind() == io::ErrorKind::NotFound => Vec::new(),
        entries => entries?,
    };
    let edited = edit(&mut entries)?;
    let mut text = Vec::new();
    for entry in &entries {
        serde_json::to_writer(&mut text, entry).map_err(|error| io(error.into()))?;
        text.push(b'\n');
    }
    parse(path, &String::from_utf8_lossy(&text))?;
    replace(path, &text).map_err(io)?;
    Ok(edited)
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// A temporary file is readable by its owner only, and keeps that when it takes the place of the old one.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    if let Ok(existing) = std::fs::metadata(path) {
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.write_all(text)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

pub(super) fn read(path: &Path) -> Result<Vec<Entry>, KeyFileError> {
    let text = std::fs::read_to_string(path).map_err(|cause| KeyFileError::Io { path: path.to_path_buf(), cause })?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Vec<Entry>, KeyFileError> {
    let mut entries: Vec<Entry> = Vec::new();
    let (mut ids, mut digests) = (BTreeSet::new(), BTreeSet::new());
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |rule: String| KeyFileError::Line { path: path.to_path_buf(), line: number + 1, rule };
        let entry: Entry = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        if entry.id.is_empty() || !ids.insert(entry.id.clone()) {
            return Err(wrong("id must be present and unique".to_owned()));
        }
        if !digests.insert(entry.sha256) {
            return Err(wrong("sha256 must be unique: two keys with one token".to_owned()));
        }
        if entries.len() == ENTRIES_MAX {
            return Err(KeyFileError::TooLarge { path: path.to_path_buf() });
        }
        entries.push(entry);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use chrono::TimeDelta;

    use super::*;
    use crate::keys::fixture::{file_with_one_key, new_key};
    use crate::keys::{KeyStore, Scope};

    #[test]
    fn the_file_is_private_and_a_duplicate_or_bad_file_is_refused() {
        let (_directory, path, _) = file_with_one_key();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let entry = read(&path).unwrap().remove(0);
        assert!(append(&path, &entry).unwrap_err().to_string().contains("line 2: id must be present and unique"));
        std::fs::write(&path, "{}\n").unwrap();
        assert!(append(&path, &entry).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n");
    }

    #[test]
    fn writers_at_once_lose_nothing() {
        let (_directory, path, _) = file_with_one_key();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| append(&path, &new_key().1).unwrap());
            }
        });
        assert_eq!(read(&path).unwrap().len(), 9);
    }

    #[test]
    fn after_a_rotation_two_keys_are_good_until_the_old_one_expires() {
        let (_directory, path, old_token) = file_with_one_key();
        let id = read(&path).unwrap()[0].id.clone();
        let begun = DateTime::UNIX_EPOCH;
        let (grace, life) = (begun + TimeDelta::days(7), begun + TimeDelta::days(90));
        let rotation = Rotation { old_expires_at: grace, new_expires_at: Some(life) };
        let store = KeyStore::open(&path).unwrap();
        let (new_token, new) = rotate(&path, &id, rotation, begun).unwrap();
        store.refresh();
        assert_eq!((new.replaces.as_ref(), new.label.as_str(), new.expires_at), (Some(&id), "test", Some(life)));
        for token in [&old_token, &new_token] {
            let principal = store.identify(token, grace - TimeDelta::seconds(1)).unwrap();
            assert!(principal.has(Scope::DownloadsRead) && principal.accounts.only() == Some(1));
        }
        assert!(store.identify(&old_token, grace).is_err() && store.identify(&new_token, grace).is_ok());
        // A second rotation of the old key gives it no more time.
        let late = Rotation { old_expires_at: life, new_expires_at: None };
        rotate(&path, &id, late, begun).unwrap();
        assert_eq!(list(&path).unwrap()[0].expires_at, Some(grace));
    }

    #[test]
    fn a_revoked_key_is_unknown_and_others_stay() {
        let (_directory, path, token) = file_with_one_key();
        let (other, entry) = new_key();
        append(&path, &entry).unwrap();
        let store = KeyStore::open(&path).unwrap();
        let id = list(&path).unwrap()[0].id.clone();
        assert!(revoke(&path, &id).unwrap().is_for(&token));
        store.refresh();
        assert!(store.authenticate(&token).is_none() && store.authenticate(&other).is_some());
        let message = revoke(&path, &id).unwrap_err().to_string();
        assert!(message.ends_with(&format!("has no key {id}")), "{message}");
        assert!(revoke(&path.with_extension("absent"), &id).is_err());
    }
}
