//! The key file, read and followed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;

use super::entry::{Entry, TOKEN_BYTES_MAX, TOKEN_PREFIX, TokenDigest};
use super::{Principal, Scope};
use crate::problem::Problem;

const FILE_BYTES_MAX: u64 = 8 << 20;
const ENTRIES_MAX: usize = 10_000;
const POLL_INTERVAL: Duration = Duration::from_secs(1);

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
    /// It holds more than a process should keep in memory.
    #[error("key file {path} must be at most {FILE_BYTES_MAX} bytes and {ENTRIES_MAX} entries", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

/// The keys of one file, as last read without error.
#[derive(Debug)]
pub struct KeyStore {
    path: PathBuf,
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    entries: Arc<Vec<Entry>>,
    seen: Option<Fingerprint>,
    error: Option<String>,
}

/// What changes when a file is edited or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fingerprint {
    inode: u64,
    len: u64,
    modified_s: i64,
    modified_ns: i64,
}

impl KeyStore {
    /// Reads the key file.
    ///
    /// # Errors
    /// The file is absent, too large, or a line of it is wrong.
    pub fn open(path: impl Into<PathBuf>) -> Result<Arc<Self>, KeyFileError> {
        let path = path.into();
        let seen = fingerprint(&path)?;
        let entries = Arc::new(read(&path)?);
        Ok(Arc::new(Self { path, state: RwLock::new(State { entries, seen: Some(seen), error: None }) }))
    }

    /// The caller whose token this is, compared with every key in constant time.
    ///
    /// An unknown token has the file looked at again, so that a key is good from the moment it is in the file.
    #[must_use]
    pub fn authenticate(&self, token: &str) -> Option<Principal> {
        if !token.starts_with(TOKEN_PREFIX) || token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let digest = TokenDigest::of(token);
        self.find(&digest).or_else(|| {
            // A bad file is left to the watch: strangers shall not have it read at will.
            if self.last_error().is_some() {
                return None;
            }
            self.refresh();
            self.find(&digest)
        })
    }

    fn find(&self, digest: &TokenDigest) -> Option<Principal> {
        let entries = self.state.read().unwrap_or_else(PoisonError::into_inner).entries.clone();
        let mut found = None;
        for entry in entries.iter() {
            if bool::from(entry.sha256.0.ct_eq(&digest.0)) {
                found = Some(entry);
            }
        }
        found.map(Entry::principal)
    }

    /// The caller of a request, by its `Authorization: Bearer` header.
    ///
    /// # Errors
    /// The 401 answer, when the header is absent or its token unknown.
    pub fn authenticate_headers(&self, headers: &HeaderMap) -> Result<Principal, Problem> {
        bearer(headers).and_then(|token| self.authenticate(token)).ok_or_else(Problem::unauthorized)
    }

    /// [`KeyStore::authenticate_headers`] for a request that needs one scope.
    ///
    /// # Errors
    /// The 401 answer, or the 403 answer that names the scope.
    pub fn authorize(&self, headers: &HeaderMap, scope: Scope) -> Result<Principal, Problem> {
        let principal = self.authenticate_headers(headers)?;
        principal.require(scope)?;
        Ok(principal)
    }

    /// Why the file as it is now was refused, while the last good keys still hold.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).error.clone()
    }

    /// Reads the file again if it changed; a bad file changes nothing but [`KeyStore::last_error`].
    pub fn refresh(&self) {
        let current = fingerprint(&self.path);
        let seen = self.state.read().unwrap_or_else(PoisonError::into_inner).seen;
        if current.as_ref().ok() == seen.as_ref() && seen.is_some() {
            return;
        }
        let outcome = current.and_then(|fingerprint| Ok((fingerprint, read(&self.path)?)));
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok((fingerprint, entries)) => {
                tracing::info!(keys = entries.len(), "key file read again");
                *state = State { entries: Arc::new(entries), seen: Some(fingerprint), error: None };
            }
            Err(error) => {
                let message = error.to_string();
                if state.error.as_ref() != Some(&message) {
                    tracing::error!(error = message, "key file refused; the last good keys still hold");
                }
                // Read again at the next poll, so that the error is current and its end is noticed.
                state.seen = None;
                state.error = Some(message);
            }
        }
        metrics::gauge!("loupe_key_file_refused").set(if state.error.is_some() { 1.0 } else { 0.0 });
    }

    /// Follows the file until `shutdown`, looking every second; to be spawned once.
    pub async fn watch(self: Arc<Self>, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(POLL_INTERVAL);
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            let store = self.clone();
            if let Err(error) = tokio::task::spawn_blocking(move || store.refresh()).await {
                tracing::error!(%error, "the key file could not be followed");
            }
        }
    }
}

/// The token of an `Authorization: Bearer` header.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Adds a key to the file, creating it when it is absent (readable by its owner only).
///
/// The new file replaces the old one at once, and two writers wait for each other.
///
/// # Errors
/// The file as it is now is bad, or cannot be written or locked.
pub fn append(path: &Path, entry: &Entry) -> Result<(), KeyFileError> {
    let io = |cause| KeyFileError::Io { path: path.to_path_buf(), cause };
    let lock = File::options().create(true).append(true).open(lock_path(path)).map_err(io)?;
    lock.lock().map_err(io)?;
    let mut entries = match read(path) {
        Err(KeyFileError::Io { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => Vec::new(),
        entries => entries?,
    };
    entries.push(entry.clone());
    let mut text = Vec::new();
    for entry in &entries {
        serde_json::to_writer(&mut text, entry).map_err(|error| io(error.into()))?;
        text.push(b'\n');
    }
    parse(path, &String::from_utf8_lossy(&text))?;
    replace(path, &text).map_err(io)
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

fn fingerprint(path: &Path) -> Result<Fingerprint, KeyFileError> {
    let metadata = std::fs::metadata(path).map_err(|cause| KeyFileError::Io { path: path.to_path_buf(), cause })?;
    if metadata.len() > FILE_BYTES_MAX {
        return Err(KeyFileError::TooLarge { path: path.to_path_buf() });
    }
    Ok(Fingerprint {
        inode: metadata.ino(),
        len: metadata.len(),
        modified_s: metadata.mtime(),
        modified_ns: metadata.mtime_nsec(),
    })
}

fn read(path: &Path) -> Result<Vec<Entry>, KeyFileError> {
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

    use chrono::DateTime;

    use super::*;
    use crate::keys::{Accounts, mint};

    fn new_key() -> (String, Entry) {
        mint(Accounts::one(1), BTreeSet::from([Scope::DownloadsRead]), "test", DateTime::UNIX_EPOCH).unwrap()
    }

    fn file_with_one_key() -> (tempfile::TempDir, PathBuf, String) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.jsonl");
        let (token, entry) = new_key();
        append(&path, &entry).unwrap();
        (directory, path, token)
    }

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn a_known_token_is_its_principal_and_no_other_is() {
        let (_directory, path, token) = file_with_one_key();
        let store = KeyStore::open(&path).unwrap();
        let principal = store.authenticate(&token).unwrap();
        assert!(principal.has(Scope::DownloadsRead) && principal.accounts.allows(1));
        for wrong in ["", "lp_", &token[..token.len() - 1], &format!("{token}x"), &"lp_x".repeat(100)] {
            assert_eq!(store.authenticate(wrong), None);
        }
    }

    #[test]
    fn requests_get_401_without_a_key_and_403_without_the_scope() {
        let (_directory, path, token) = file_with_one_key();
        let store = KeyStore::open(&path).unwrap();
        let bearer = headers(&format!("bearer {token}"));
        assert!(store.authorize(&bearer, Scope::DownloadsRead).is_ok());
        assert_eq!(store.authorize(&bearer, Scope::EventsWrite).unwrap_err().status(), 403);
        for wrong in [HeaderMap::new(), headers(&token), headers(&format!("Basic {token}"))] {
            assert_eq!(store.authenticate_headers(&wrong).unwrap_err().status(), 401);
        }
    }

    #[test]
    fn a_key_is_good_from_the_moment_it_is_in_the_file() {
        let (_directory, path, _) = file_with_one_key();
        let store = KeyStore::open(&path).unwrap();
        let (second, entry) = new_key();
        assert!(store.authenticate(&second).is_none());
        append(&path, &entry).unwrap();
        assert!(store.authenticate(&second).is_some());
    }

    #[test]
    fn a_changed_file_is_read_and_a_bad_one_keeps_the_last_good_keys() {
        let (_directory, path, token) = file_with_one_key();
        let store = KeyStore::open(&path).unwrap();
        let (second, entry) = new_key();
        append(&path, &entry).unwrap();
        store.refresh();
        assert!(store.authenticate(&second).is_some() && store.authenticate(&token).is_some());

        let good = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{good}not json\n")).unwrap();
        store.refresh();
        assert!(store.last_error().unwrap().contains("line 3: "));
        assert!(store.authenticate(&second).is_some());

        std::fs::remove_file(&path).unwrap();
        store.refresh();
        assert!(store.last_error().is_some() && store.authenticate(&token).is_some());

        std::fs::write(&path, good.lines().next().unwrap()).unwrap();
        store.refresh();
        assert_eq!(store.last_error(), None);
        assert!(store.authenticate(&token).is_some() && store.authenticate(&second).is_none());
    }

    #[tokio::test]
    async fn the_watch_notices_a_change_and_ends_at_shutdown() {
        let (_directory, path, _) = file_with_one_key();
        let store = KeyStore::open(&path).unwrap();
        let shutdown = CancellationToken::new();
        let watch = tokio::spawn(store.clone().watch(shutdown.clone()));
        let (token, entry) = new_key();
        append(&path, &entry).unwrap();
        while store.authenticate(&token).is_none() {
            tokio::time::sleep(POLL_INTERVAL / 10).await;
        }
        shutdown.cancel();
        watch.await.unwrap();
    }

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
}
