//! How far which projection is, kept up beside the requests, so that none of them asks ClickHouse for it.

use std::sync::Arc;
use std::time::Duration;

use loupe_schemas::position::Position;
use loupe_service::health::Health;
use loupe_service::problem::Problem;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::served::{Lookout, Served};
use crate::store::Store;

/// The name of the readiness condition that ClickHouse answers and has our tables.
pub(crate) const CLICKHOUSE: &str = "clickhouse";
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// How far the database is that is served: the two go together.
#[derive(Debug, Clone)]
pub(crate) struct Projected {
    pub(crate) served: Arc<Served>,
    pub(crate) position: Position,
}

/// What is known of the projection; nothing before ClickHouse first answered.
#[derive(Debug, Clone)]
pub(crate) struct Positions(watch::Receiver<Option<Projected>>);

impl Positions {
    /// What is served, and the position that answers from now on include at least.
    ///
    /// # Errors
    /// 503 before ClickHouse answered for the first time.
    pub(crate) fn now(&self) -> Result<Projected, Problem> {
        self.0.borrow().clone().ok_or_else(away)
    }

    /// Waits until the projection covers `wanted`, for at most `wait`; how far it is then in either case.
    pub(crate) async fn reach(&self, wanted: &Position, wait: Duration) -> Result<Projected, Problem> {
        let mut positions = self.0.clone();
        let covers = |now: &Option<Projected>| now.as_ref().is_some_and(|now| now.position.covers(wanted));
        // Neither the end of the wait nor that of the service is an error here: the caller looks at how far it is.
        drop(tokio::time::timeout(wait, positions.wait_for(covers)).await);
        self.now()
    }

    /// Waits until the position moves on, or another database is served; false when neither ever will.
    pub(crate) async fn moved(&mut self) -> bool {
        self.0.changed().await.is_ok()
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
    let (sender, receiver) = watch::channel(None);
    tokio::spawn(async move {
        loop {
            let pause = match look(&store, &mut lookout).await {
                Ok(now) => {
                    health.set_ready(CLICKHOUSE);
                    sender.send_if_modified(|known| {
                        let is_same = |known: &Projected| {
                            known.position == now.position && known.served.name() == now.served.name()
                        };
                        let is_new = !known.as_ref().is_some_and(is_same);
                        *known = Some(now);
                        is_new
                    });
                    poll
                }
                Err(problem) => {
                    health.set_not_ready(CLICKHOUSE, problem.cause().unwrap_or(problem.message()));
                    RETRY_INTERVAL
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.cancelled() => return,
            }
        }
    });
    Positions(receiver)
}

async fn look(store: &Store, lookout: &mut Lookout) -> Result<Projected, Problem> {
    let served = lookout.look().await?;
    let position = store.of(&served.database).position().await?;
    Ok(Projected { served, position })
}
