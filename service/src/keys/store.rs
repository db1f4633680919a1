//! The key file, read and followed.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;

use super::entry::{Entry, TOKEN_BYTES_MAX, TOKEN_PREFIX, TokenDigest};
use super::file::{FILE_BYTES_MAX, KeyFileError, read};
use super::{Principal, Scope};
use crate::clock;
use crate::problem::Problem;

const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The keys of one file, as last read without error.
#[derive(Debug)]
pub struct KeyStore {
    path: PathBuf,
    state: RwLock<State>,
}

/// Why a token is no caller's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No key has it.
    Unknown,
    /// Its key's time is over.
    Expired {
        /// The key.
        key_id: String,
        /// Since when.
        at: DateTime<Utc>,
    },
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

    /// The caller whose token this is now; see [`KeyStore::identify`].
    #[must_use]
    pub fn authenticate(&self, token: &str) -> Option<Principal> {
        self.identify(token, clock::now()).ok()
    }

    /// The caller whose token this is at `now`, compared with every key in constant time.
    ///
    /// An unknown token has the file looked at again, so that a key is good from the moment it is in the file.
    ///
    /// # Errors
    /// No key has this token, or the one that has it is expired.
    pub fn identify(&self, token: &str, now: DateTime<Utc>) -> Result<Principal, Refusal> {
        if !token.starts_with(TOKEN_PREFIX) || token.len() > TOKEN_BYTES_MAX {
            return Err(Refusal::Unknown);
        }
        let digest = TokenDigest::of(token);
        let entry = self.find(&digest).or_else(|| {
            // A bad file is left to the watch: strangers shall not have it read at will.
            if self.last_error().is_some() {
                return None;
            }
            self.refresh();
            self.find(&digest)
        });
        let entry = entry.ok_or(Refusal::Unknown)?;
        match entry.expires_at.filter(|_| entry.is_expired(now)) {
            Some(at) => Err(Refusal::Expired { key_id: entry.id, at }),
            None => Ok(entry.principal()),
        }
    }

    /// Whether the key of this id is still there and not expired: for what goes on after it was let in.
    #[must_use]
    pub fn is_good(&self, key_id: &str, now: DateTime<Utc>) -> bool {
        let entries = self.state.read().unwrap_or_else(PoisonError::into_inner).entries.clone();
        entries.iter().any(|entry| entry.id == key_id && !entry.is_expired(now))
    }

    fn find(&self, digest: &TokenDigest) -> Option<Entry> {
        let entries = self.state.read().unwrap_or_else(PoisonError::into_inner).entries.clone();
        let mut found = None;
        for entry in entries.iter() {
            if bool::from(entry.sha256.0.ct_eq(&digest.0)) {
                found = Some(entry);
            }
        }
        found.cloned()
    }

    /// The caller of a request, by its `Authorization: Bearer` header.
    ///
    /// # Errors
    /// The 401 answer, when the header is absent, or its token unknown or expired.
    pub fn authenticate_headers(&self, headers: &HeaderMap) -> Result<Principal, Problem> {
        let token = bearer(headers).ok_or(Refusal::Unknown);
        token.and_then(|token| self.identify(token, clock::now())).map_err(|refusal| match refusal {
            Refusal::Unknown => Problem::unauthorized(),
            Refusal::Expired { key_id, at } => {
                tracing::info!(key_id, "an expired key was refused");
                Problem::expired_key(at)
            }
        })
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::keys::append;
    use crate::keys::fixture::{file_with_one_key, new_key};

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
    fn an_expired_key_is_told_apart_from_an_unknown_one() {
        let (_directory, path, token) = file_with_one_key();
        let (second, mut entry) = new_key();
        let end = DateTime::UNIX_EPOCH + TimeDelta::days(90);
        entry.expires_at = Some(end);
        append(&path, &entry).unwrap();
        let store = KeyStore::open(&path).unwrap();
        assert!(store.identify(&second, end - TimeDelta::milliseconds(1)).is_ok());
        assert_eq!(store.identify(&second, end), Err(Refusal::Expired { key_id: entry.id, at: end }));
        assert!(store.identify(&token, end).is_ok());
        let problem = store.authenticate_headers(&headers(&format!("Bearer {second}"))).unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (401, "key_expired"));
        assert_eq!(problem.message(), "this API key expired at 1970-04-01T00:00:00Z; ask for a new one");
        let problem = store.authenticate_headers(&headers("Bearer lp_unknown")).unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (401, "unauthorized"));
    }
}
