//! Sessions: connections that outlive a request, with their settings and temporary tables.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::errors::{Code, Exception};
use crate::ffi::Connection;

/// How long a session lives after its last request when the request does not say.
pub(crate) const TIMEOUT_DEFAULT: Duration = Duration::from_secs(60);
/// The longest life a request may ask for.
pub(crate) const TIMEOUT_MAX: Duration = Duration::from_secs(3600);

/// What a request says of its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionRequest {
    pub(crate) id: String,
    pub(crate) timeout: Duration,
    /// Refuse to create it.
    pub(crate) must_exist: bool,
    /// Forget it after this request.
    pub(crate) close: bool,
}

enum Entry {
    /// A request has the connection.
    Taken,
    Idle {
        connection: Connection,
        expires_at: Instant,
    },
}

/// The sessions of a server.
pub(crate) struct Sessions {
    entries: Mutex<HashMap<String, Entry>>,
    sessions_max: usize,
}

impl Sessions {
    pub(crate) fn new(sessions_max: usize) -> Arc<Self> {
        Arc::new(Self { entries: Mutex::new(HashMap::new()), sessions_max })
    }

    /// Takes the session's connection, or one from `connect` for a new session, until the guard is dropped.
    pub(crate) fn take(
        self: &Arc<Self>,
        request: SessionRequest,
        connect: impl FnOnce() -> Result<Connection, Exception>,
    ) -> Result<SessionGuard, Exception> {
        self.forget_expired();
        let mut entries = self.lock();
        let is_new = !entries.contains_key(&request.id);
        if is_new && request.must_exist {
            return Err(Exception::new(Code::SessionNotFound, format!("Session {} is not found", request.id)));
        }
        if is_new && entries.len() >= self.sessions_max {
            return Err(Exception::new(Code::LimitExceeded, format!("There are already {} sessions", entries.len())));
        }
        let connection = match entries.insert(request.id.clone(), Entry::Taken) {
            Some(Entry::Idle { connection, .. }) => Ok(connection),
            Some(Entry::Taken) => {
                let reason = format!("Session {} is locked by a concurrent client", request.id);
                return Err(Exception::new(Code::SessionIsLocked, reason));
            }
            None => connect(),
        };
        match connection {
            Ok(connection) => Ok(SessionGuard { sessions: self.clone(), request, connection: Some(connection) }),
            Err(exception) => {
                entries.remove(&request.id);
                Err(exception)
            }
        }
    }

    /// Closes the sessions whose time is over.
    pub(crate) fn forget_expired(&self) {
        let now = Instant::now();
        self.lock().retain(|_, entry| !matches!(entry, Entry::Idle { expires_at, .. } if *expires_at <= now));
    }

    /// Closes all sessions that no request has.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session's connection, given back when dropped.
pub(crate) struct SessionGuard {
    sessions: Arc<Sessions>,
    request: SessionRequest,
    connection: Option<Connection>,
}

impl SessionGuard {
    /// The connection; there until the guard is dropped.
    pub(crate) fn connection(&mut self) -> Option<&mut Connection> {
        self.connection.as_mut()
    }
}

impl Drop for SessionGuard {
    fn drop(&mut self) {
        let mut entries = self.sessions.lock();
        match self.connection.take().filter(|_| !self.request.close) {
            Some(connection) => {
                let expires_at = Instant::now() + self.request.timeout;
                entries.insert(self.request.id.clone(), Entry::Idle { connection, expires_at });
            }
            None => {
                entries.remove(&self.request.id);
            }
        }
    }
}
