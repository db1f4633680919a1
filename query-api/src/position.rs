//! How far which projection is, kept up beside the requests, so that none of them asks ClickHouse for it; only the
//! first after a rest waits until it is asked.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use loupe_schemas::position::Position;
use loupe_service::health::Health;
use loupe_service::problem::Problem;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::served::{Lookout, Served};
use crate::store::Store;

/// The name of the readiness condition that ClickHouse answers and has our tables.
pub(crate) const CLICKHOUSE: &str = "clickhouse";
const RETRY_INTERVAL: Duration = Duration::from_millis(200);
/// So long after a request another is likely.
const LINGERS: Duration = Duration::from_secs(5);
/// A position that moved so lately moves on.
const MOVES: Duration = Duration::from_secs(1);
/// Without readers and movement so many intervals lie between looks; more would show in what canaries tell of freshness.
const RESTING: u32 = 3;
/// How long readers wait for a look after a rest at most: one that takes longer says nothing that would be worth it.
const LOOK_WAIT: Duration = Duration::from_secs(1);

/// How far the database is that is served: the two go together.
#[derive(Debug, Clone)]
pub(crate) struct Projected {
    pub(crate) served: Arc<Served>,
    pub(crate) position: Position,
}

/// What is known of the projection; nothing before ClickHouse first answered.
#[derive(Debug, Clone)]
pub(crate) struct Positions {
    known: watch::Receiver<Option<Projected>>,
    /// Whether it is looked rarely just now, because nobody asks: what is known may be older than it should be then.
    resting: watch::Receiver<bool>,
    interest: Arc<Interest>,
}

impl Positions {
    /// What is served, and the position that answers from now on include at least. The first who asks after a rest waits
    /// for a look.
    ///
    /// # Errors
    /// 503 before ClickHouse answered for the first time.
    pub(crate) async fn now(&self) -> Result<Projected, Problem> {
        self.interest.shown();
        if *self.resting.borrow() {
            self.interest.wake.notify_one();
            let mut resting = self.resting.clone();
            // The end of the service is no error here: what is known is known still.
            drop(resting.wait_for(|resting| !resting).await);
        }
        self.known()
    }

    /// The same as it was seen last, for who follows it.
    ///
    /// # Errors
    /// 503 before ClickHouse answered for the first time.
    pub(crate) fn known(&self) -> Result<Projected, Problem> {
        self.known.borrow().clone().ok_or_else(away)
    }

    /// Waits until the projection covers `wanted`, for at most `wait`; how far it is then in either case.
    pub(crate) async fn reach(&self, wanted: &Position, wait: Duration) -> Result<Projected, Problem> {
        let _waiting = self.interest.wait();
        let mut positions = self.known.clone();
        let covers = |now: &Option<Projected>| now.as_ref().is_some_and(|now| now.position.covers(wanted));
        // Neither the end of the wait nor that of the service is an error here: the caller looks at how far it is.
        drop(tokio::time::timeout(wait, positions.wait_for(covers)).await);
        // Who names a position that was reached long ago is a reader like any other, and ends the rest.
        self.now().await
    }

    /// Waits until the position moves on, or another database is served; false when neither ever will.
    pub(crate) async fn moved(&mut self) -> bool {
        let _waiting = self.interest.wait();
        self.known.changed().await.is_ok()
    }

    /// The same for who is in no hurry.
    pub(crate) async fn moved_some_time(&mut self) -> bool {
        self.known.changed().await.is_ok()
    }
}

/// Who wants to know: without readers the position is looked at more rarely, which is most of what ClickHouse does then.
#[derive(Debug, Default)]
struct Interest {
    /// When a reader last asked.
    asked_at: Mutex<Option<Instant>>,
    /// How many wait for the position to move on.
    waiting: AtomicUsize,
    /// Wakes who looks.
    wake: Notify,
}

impl Interest {
    fn shown(&self) {
        *self.asked_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.wake.notify_one();
        Waiting(self)
    }

    /// Whether anybody waits, or asked lately.
    fn is_there(&self) -> bool {
        let asked_at = *self.asked_at.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.load(Ordering::SeqCst) > 0 || asked_at.is_some_and(|at| at.elapsed() < LINGERS)
    }
}

/// One who waits, until dropped.
struct Waiting<'i>(&'i Interest);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

fn away() -> Problem {
    Problem::unavailable("database_unavailable", "the database is away; try again", 1)
}

/// Begins to follow the position, and keeps readiness true to whether ClickHouse answers, until `shutdown`.
pub(crate) fn follow(
    store: Store,
    mut lookout: Lookout,
    health: Health,
    poll: Duration,
    shutdown: CancellationToken,
) -> Positions {
    let (sender, known) = watch::channel(None);
    let (rest, resting) = watch::channel(false);
    let interest = Arc::new(Interest::default());
    let positions = Positions { known, resting, interest: Arc::clone(&interest) };
    tokio::spawn(async move {
        let mut moved_at = Instant::now();
        loop {
            let (pause, is_resting) = match in_time(look(&store, &mut lookout), &rest).await {
                Ok(now) => {
                    health.set_ready(CLICKHOUSE);
                    if sender.send_if_modified(|known| renew(known, now)) {
                        moved_at = Instant::now();
                    }
                    let is_resting = !interest.is_there() && moved_at.elapsed() > MOVES;
                    (if is_resting { poll * RESTING } else { poll }, is_resting)
                }
                Err(problem) => {
                    health.set_not_ready(CLICKHOUSE, problem.cause().unwrap_or(problem.message()));
                    (RETRY_INTERVAL, false)
                }
            };
            rest.send_replace(is_resting);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = interest.wake.notified(), if is_resting => {}
                () = shutdown.cancelled() => return,
            }
        }
    });
    positions
}

/// Takes note of what was seen; whether it is anything new.
fn renew(known: &mut Option<Projected>, now: Projected) -> bool {
    let is_same = |known: &Projected| known.position == now.position && known.served.name() == now.served.name();
    let is_new = !known.as_ref().is_some_and(is_same);
    *known = Some(now);
    is_new
}

async fn look(store: &Store, lookout: &mut Lookout) -> Result<Projected, Problem> {
    let served = lookout.look().await?;
    let position = store.of(&served.database).position().await?;
    Ok(Projected { served, position })
}

/// What comes of a look. While one hangs, a `rest` is over: no reader waits for it any longer.
async fn in_time<L>(look: L, rest: &watch::Sender<bool>) -> Result<Projected, Problem>
where
    L: Future<Output = Result<Projected, Problem>>,
{
    let mut look = pin!(look);
    if let Ok(seen) = tokio::time::timeout(LOOK_WAIT, look.as_mut()).await {
        return seen;
    }
    rest.send_replace(false);
    look.await
}
