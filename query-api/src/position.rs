//! How far the projection is, kept up beside the requests, so that none of them asks ClickHouse for it.

use std::time::Duration;

use loupe_schemas::position::Position;
use loupe_service::health::Health;
use loupe_service::problem::Problem;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// The name of the readiness condition that ClickHouse answers and has our tables.
pub(crate) const CLICKHOUSE: &str = "clickhouse";
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// What is known of the projection's position; none before ClickHouse first answered.
#[derive(Debug, Clone)]
pub(crate) struct Positions(watch::Receiver<Option<Position>>);

impl Positions {
    /// The position that answers from now on include at least.
    ///
    /// # Errors
    /// 503 before ClickHouse answered for the first time.
    pub(crate) fn now(&self) -> Result<Position, Problem> {
        self.0.borrow().clone().ok_or_else(away)
    }

    /// Waits until the projection covers `wanted`, for at most `wait`; how far it is then in either case.
    pub(crate) async fn reach(&self, wanted: &Position, wait: Duration) -> Result<Position, Problem> {
        let mut positions = self.0.clone();
        let covers = |position: &Option<Position>| position.as_ref().is_some_and(|position| position.covers(wanted));
        // Neither the end of the wait nor that of the service is an error here: the caller looks at how far it is.
        drop(tokio::time::timeout(wait, positions.wait_for(covers)).await);
        self.now()
    }

    /// Waits until the position moves on; false when it never will.
    pub(crate) async fn moved(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

fn away() -> Problem {
    Problem::unavailable("database_unavailable", "the database is away; try again", 1)
}

/// Begins to follow the position, and keeps readiness true to whether ClickHouse answers, until `shutdown`.
pub(crate) fn follow(store: Store, health: Health, poll: Duration, shutdown: CancellationToken) -> Positions {
    let (sender, receiver) = watch::channel(None);
    tokio::spawn(async move {
        loop {
            let pause = match store.position().await {
                Ok(position) => {
                    health.set_ready(CLICKHOUSE);
                    sender.send_if_modified(|known| {
                        let is_new = known.as_ref() != Some(&position);
                        *known = Some(position);
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
