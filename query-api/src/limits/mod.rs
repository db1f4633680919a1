//! What one key and one account may take, so that nobody slows another: requests a minute, statements and exports at
//! once.

mod work;

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use loupe_service::problem::Problem;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Config;
use work::Work;

const WINDOW_S: u64 = 60;
/// Keys and accounts remembered before those that are idle are forgotten.
const REMEMBERED_MAX: usize = 10_000;

type Requests = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// What is left of a key's allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    limit: u32,
    remaining: u32,
    /// Until the next request fits, or the whole allowance is back when one still does.
    wait_s: u64,
}

impl Allowance {
    /// Writes `RateLimit` and `RateLimit-Policy`.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let policy = format!("\"key\";q={};w={WINDOW_S}", self.limit);
        let left = format!("\"key\";r={};t={}", self.remaining, self.wait_s);
        for (name, text) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            // Digits and ASCII, so always a header value.
            headers.extend(HeaderValue::from_str(&text).ok().map(|value| (HeaderName::from_static(name), value)));
        }
    }
}

/// An account's leave to run one statement, until it is dropped; so long the statement is said to have run.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: OwnedSemaphorePermit,
    /// Of what all accounts together run beyond their shares.
    spare: Option<OwnedSemaphorePermit>,
    is_shared: bool,
    account: u64,
    begun: Instant,
    work: Arc<Work>,
}

impl Turn {
    /// Whether the account's statements wait beyond its share, which one request's seldom do, and they have run for long
    /// while another account asks, too: who asks for more is not served more.
    pub(crate) const fn is_beyond_share(&self) -> bool {
        self.spare.is_some()
    }

    /// Whether another account asks, too.
    pub(crate) const fn is_shared(&self) -> bool {
        self.is_shared
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = Instant::now();
        self.work.count(self.account, now.saturating_duration_since(self.begun), now);
    }
}

/// The limits that all requests of this process share.
pub(crate) struct Limits {
    requests: Requests,
    requests_per_minute: u32,
    /// How long a statement waits for its account's turn before the request is refused: as long as one may take, so that
    /// those of one request seldom refuse each other, however slow the machine.
    turn_wait: Duration,
    statements: Gates<u64>,
    /// The places of those that wait for a turn and are still within their account's share.
    waiting: Gates<u64>,
    /// The places of those that wait beyond it; there are always more.
    crowd: Gates<u64>,
    spare: Arc<Semaphore>,
    work: Arc<Work>,
    exports: Gates<u64>,
    streams: Gates<String>,
}

impl Limits {
    pub(crate) fn new(config: &Config) -> Self {
        let per_minute = NonZeroU32::new(config.requests_per_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            requests: RateLimiter::keyed(Quota::per_minute(per_minute)).with_middleware(),
            requests_per_minute: per_minute.get(),
            turn_wait: Duration::from_millis(config.query_timeout_ms),
            statements: Gates::new(config.statements_per_account),
            waiting: Gates::new(config.statements_per_account),
            crowd: Gates::new(Semaphore::MAX_PERMITS),
            spare: Arc::new(Semaphore::new(config.statements_beyond_share)),
            work: Arc::default(),
            exports: Gates::new(config.exports_per_account),
            streams: Gates::new(config.streams_per_key),
        }
    }

    /// Counts a request of a key.
    ///
    /// # Errors
    /// 429 with `Retry-After` when the key has used up its allowance, beside what is left of it.
    pub(crate) fn request(&self, key_id: &str) -> (Allowance, Result<(), Problem>) {
        if self.requests.len() > REMEMBERED_MAX {
            self.requests.retain_recent();
        }
        let limit = self.requests_per_minute;
        match self.requests.check_key(&key_id.to_owned()) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = u64::from(limit - remaining.min(limit));
                let wait_s = (used * WINDOW_S).div_ceil(u64::from(limit));
                (Allowance { limit, remaining, wait_s }, Ok(()))
            }
            Err(denied) => {
                let wait_s = denied.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
                let message = format!("this key may ask {limit} times a minute; try again in {wait_s} s");
                let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message)
                    .with_details(json!({"limit": limit, "window_seconds": WINDOW_S}))
                    .with_retry_after(wait_s);
                (Allowance { limit, remaining: 0, wait_s }, Err(problem))
            }
        }
    }

    /// A turn of the account for one statement.
    ///
    /// # Errors
    /// 429 when the account's statements leave none for long.
    pub(crate) async fn statement(&self, account: u64) -> Result<Turn, Problem> {
        let gate = self.statements.of(account);
        let begin = |permit, spare| {
            let begun = Instant::now();
            self.work.count(account, Duration::ZERO, begun);
            let is_shared = self.work.another_asks(account, begun);
            Turn { _permit: permit, spare, is_shared, account, begun, work: Arc::clone(&self.work) }
        };
        if let Ok(permit) = Arc::clone(&gate).try_acquire_owned() {
            return Ok(begin(permit, None));
        }
        // While some of its statements wait beyond the share, so do all that wait, whether they came before or after: a
        // place among those within it would let an account that never stops asking run some as if it asked for little.
        let crowd = self.crowd.of(account);
        let is_crowded = || crowd.available_permits() < self.crowd.width;
        let place = (!is_crowded()).then(|| self.waiting.of(account).try_acquire_owned().ok()).flatten();
        let join = || Arc::clone(&crowd).try_acquire_owned().ok();
        let beyond = if place.is_none() { join() } else { None };
        let turn = async {
            let permit = gate.acquire_owned().await.ok()?;
            let is_within = place.is_some() && !is_crowded();
            if is_within || !self.work.is_much(account, Instant::now()) {
                return Some(begin(permit, None));
            }
            let _waits = beyond.or_else(join);
            let spare = Arc::clone(&self.spare).acquire_owned().await.ok()?;
            Some(begin(permit, Some(spare)))
        };
        let turn = tokio::time::timeout(self.turn_wait, turn).await.ok().flatten();
        turn.ok_or_else(|| busy("too_many_statements", "queries of this account", self.statements.width))
    }

    /// The account's leave to stream a list, held until the stream ends.
    ///
    /// # Errors
    /// 429 when as many exports run as one account may have.
    pub(crate) fn export(&self, account: u64) -> Result<OwnedSemaphorePermit, Problem> {
        let leave = self.exports.of(account).try_acquire_owned();
        leave.map_err(|_| busy("too_many_exports", "exports of this account", self.exports.width))
    }

    /// The key's leave to follow a stream, held until the stream ends.
    ///
    /// # Errors
    /// 429 when the key follows as many streams as it may.
    pub(crate) fn stream(&self, key_id: &str) -> Result<OwnedSemaphorePermit, Problem> {
        let leave = self.streams.of(key_id.to_owned()).try_acquire_owned();
        leave.map_err(|_| busy("too_many_streams", "streams of this key", self.streams.width))
    }
}

fn busy(code: &'static str, what: &str, width: usize) -> Problem {
    let message = format!("{width} {what} run already, which is the most at once; try again");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, message).with_details(json!({"limit": width})).with_retry_after(1)
}

/// A semaphore for each account or key that was seen lately.
struct Gates<K> {
    width: usize,
    open: Mutex<HashMap<K, Arc<Semaphore>>>,
}

impl<K: Eq + Hash> Gates<K> {
    fn new(width: usize) -> Self {
        Self { width, open: Mutex::default() }
    }

    fn of(&self, key: K) -> Arc<Semaphore> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() > REMEMBERED_MAX {
            open.retain(|_, gate| Arc::strong_count(gate) > 1 || gate.available_permits() < self.width);
        }
        Arc::clone(open.entry(key).or_insert_with(|| Arc::new(Semaphore::new(self.width))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        let config = json!({
            "clickhouse_url": "http://127.0.0.1:1", "keys_file": "keys", "cursor_key": "sixteen bytes ok",
            "requests_per_minute": 3, "statements_per_account": 1, "exports_per_account": 1,
        });
        Limits::new(&serde_json::from_value(config).unwrap())
    }

    #[test]
    fn a_key_is_refused_past_its_allowance_and_another_is_not() {
        let limits = limits();
        let left: Vec<u32> = (0..3).map(|_| limits.request("a").0.remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let (allowance, refused) = limits.request("a");
        assert_eq!(refused.unwrap_err().code(), "rate_limited");
        let mut headers = HeaderMap::new();
        allowance.write(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"key\";q=3;w=60");
        assert!(headers["ratelimit"].to_str().unwrap().starts_with("\"key\";r=0;t="));
        assert!(limits.request("b").1.is_ok());
    }

    #[tokio::test]
    async fn an_account_that_is_busy_leaves_others_their_turn() {
        let limits = Limits { turn_wait: Duration::from_millis(1), ..limits() };
        let _held = limits.statement(1).await.unwrap();
        assert_eq!(limits.statement(1).await.unwrap_err().code(), "too_many_statements");
        let other = limits.statement(2).await.unwrap();
        assert!(other.is_shared() && !other.is_beyond_share());
        let export = limits.export(1).unwrap();
        assert_eq!(limits.export(1).unwrap_err().code(), "too_many_exports");
        drop(export);
        assert!(limits.export(1).is_ok());
    }

    /// Asks for a turn of account 1, and waits for it.
    async fn ask(limits: &Arc<Limits>) -> tokio::task::JoinHandle<Turn> {
        let limits = Arc::clone(limits);
        let asked = tokio::spawn(async move { limits.statement(1).await.unwrap() });
        tokio::task::yield_now().await;
        asked
    }

    /// An account's statement ran so long.
    fn took(limits: &Limits, account: u64, time: Duration) {
        limits.work.count(account, time, Instant::now());
    }

    #[tokio::test]
    async fn the_few_that_wait_are_within_the_share() {
        let limits = Arc::new(limits());
        let held = ask(&limits).await.await.unwrap();
        let waits = ask(&limits).await;
        drop(held);
        let turn = waits.await.unwrap();
        assert!(!turn.is_shared() && !turn.is_beyond_share());
    }

    #[tokio::test]
    async fn many_that_run_briefly_are_within_the_share() {
        let limits = Arc::new(limits());
        let held = ask(&limits).await.await.unwrap();
        let waits = [ask(&limits).await, ask(&limits).await, ask(&limits).await];
        took(&limits, 1, Duration::from_millis(10));
        took(&limits, 2, Duration::from_millis(10));
        drop(held);
        for turn in waits {
            assert!(!turn.await.unwrap().is_beyond_share());
        }
    }

    #[tokio::test]
    async fn while_some_wait_beyond_the_share_so_does_who_came_before_and_who_comes_next() {
        let limits = Arc::new(limits());
        took(&limits, 1, Duration::from_secs(10));
        took(&limits, 2, Duration::from_millis(10));
        let held = ask(&limits).await.await.unwrap();
        let before = ask(&limits).await;
        let beyond = ask(&limits).await;
        drop(held);
        let before = before.await.unwrap();
        assert!(before.is_beyond_share());
        // The place of the one that runs now is free.
        let next = ask(&limits).await;
        drop(before);
        for turn in [beyond, next] {
            assert!(turn.await.unwrap().is_beyond_share());
        }
        let later = limits.statement(1).await.unwrap();
        assert!(!later.is_beyond_share(), "nobody waits any more");
    }
}
