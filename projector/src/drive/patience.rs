//! How long to wait for an answer, and how long before asking again.

use std::error::Error;
use std::time::Duration;

use loupe_service::causes::with_causes;
use tokio_util::sync::CancellationToken;

const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);
const TIMEOUT_MAX: Duration = Duration::from_secs(600);

/// Grows with every failure in a row: a store that is busy is asked less often and waited for longer.
#[derive(Debug)]
pub(super) struct Patience {
    pause: Duration,
    timeout: Duration,
}

impl Patience {
    /// Waits `timeout` for the first answer.
    pub(super) const fn new(timeout: Duration) -> Self {
        Self { pause: PAUSE_MIN, timeout }
    }

    /// The answer, or that none came in time: a peer that took the request and is silent looks like this.
    pub(super) async fn wait<T, E: Error + 'static>(
        &self,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, String> {
        match tokio::time::timeout(self.timeout, answer).await {
            Ok(answer) => answer.map_err(|error| with_causes(&error)),
            Err(_) => Err(format!("no answer within {} s", self.timeout.as_secs_f64())),
        }
    }

    /// Lets time pass before the next try; `false` when shutdown came first.
    pub(super) async fn pause(&mut self, shutdown: &CancellationToken) -> bool {
        let pause = self.pause;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        self.timeout = (self.timeout * 2).min(TIMEOUT_MAX);
        tokio::select! {
            biased;
            () = shutdown.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }
}
