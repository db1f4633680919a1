//! One process of a stack, started again when it ends by itself.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::process::{Child, ProcessError};
use crate::progress::Progress;

/// A process that ends this often within [`RESTARTS_WITHIN`] takes the stack down: starting it again does not help.
const RESTARTS_MAX: usize = 5;
const RESTARTS_WITHIN: Duration = Duration::from_secs(60);
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// Starts the process.
pub type Spawn = Box<dyn Fn() -> BoxFuture<'static, anyhow::Result<Child>> + Send + Sync>;
/// Waits until the process is ready; the error is what it said last.
pub type Ready = Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What a process is and how it is run.
pub struct Member {
    /// What people call it.
    pub name: &'static str,
    /// How it is started.
    pub spawn: Spawn,
    /// How it is known to be ready.
    pub ready: Ready,
    /// How long becoming ready may take.
    pub ready_timeout: Duration,
    /// How long it may take to stop before it is killed.
    pub stop_timeout: Duration,
}

/// A process that is kept running.
#[derive(Debug)]
pub struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Member {
    /// Starts the process and keeps it running from then on; the second value waits until it is ready at first.
    ///
    /// When it cannot be kept running, the reason is sent to `failures`.
    pub fn run(self, progress: Progress, failures: mpsc::Sender<anyhow::Error>) -> (Running, Started) {
        let stop = CancellationToken::new();
        let (ready, started) = oneshot::channel();
        let task = tokio::spawn(keep(self, stop.clone(), ready, progress, failures));
        (Running { stop, task }, Started(started))
    }

    /// One start, up to readiness; `None` when `stop` came first, and then the process has ended.
    async fn start(&self, stop: &CancellationToken) -> anyhow::Result<Option<Child>> {
        let child = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            child = (self.spawn)() => child?,
        };
        tokio::select! {
            () = stop.cancelled() => {
                child.stop(self.stop_timeout).await;
                Ok(None)
            }
            ready = (self.ready)() => match ready {
                Ok(()) => Ok(Some(child)),
                Err(state) => {
                    let error = child.not_ready(self.ready_timeout, state);
                    child.kill().await;
                    Err(error.into())
                }
            },
            error = child.failed() => Err(error.into()),
        }
    }
}

/// The first start of a process.
#[derive(Debug)]
pub struct Started(oneshot::Receiver<anyhow::Result<()>>);

impl Started {
    /// Waits until the process is ready.
    ///
    /// # Errors
    /// It cannot be started, ended, or was not ready in time.
    pub async fn ready(self) -> anyhow::Result<()> {
        self.0.await.unwrap_or_else(|_| Err(anyhow::anyhow!("the task that keeps a process running ended")))
    }
}

impl Running {
    /// Stops the process and waits for its end.
    pub async fn stop(self) {
        self.stop.cancel();
        // A panic of the task has taken its child with it, so there is nothing left to stop.
        drop(self.task.await);
    }
}

async fn keep(
    member: Member,
    stop: CancellationToken,
    ready: oneshot::Sender<anyhow::Result<()>>,
    progress: Progress,
    failures: mpsc::Sender<anyhow::Error>,
) {
    let mut child = match member.start(&stop).await {
        Ok(Some(child)) => child,
        Ok(None) => return,
        Err(error) => {
            // The stack that waits for it may itself have been told to stop.
            drop(ready.send(Err(error)));
            return;
        }
    };
    drop(ready.send(Ok(())));
    let mut ends = VecDeque::new();
    loop {
        let end = tokio::select! {
            () = stop.cancelled() => {
                child.stop(member.stop_timeout).await;
                return;
            }
            end = child.failed() => end,
        };
        child = match again(&member, &stop, &progress, &mut ends, end).await {
            Ok(Some(child)) => child,
            Ok(None) => return,
            Err(error) => {
                drop(failures.send(error).await);
                return;
            }
        };
    }
}

/// Starts the process again, unless it ends too often or the stack stops first.
async fn again(
    member: &Member,
    stop: &CancellationToken,
    progress: &Progress,
    ends: &mut VecDeque<Instant>,
    end: ProcessError,
) -> anyhow::Result<Option<Child>> {
    let mut reason = anyhow::Error::from(end);
    // A start that fails slowly never fills the window below.
    let mut failed_starts = 0;
    loop {
        if !may_restart(ends, Instant::now()) {
            return Err(reason.context(format!(
                "{} ended {} times within {} s",
                member.name,
                RESTARTS_MAX + 1,
                RESTARTS_WITHIN.as_secs()
            )));
        }
        progress.line(&format!("! {reason:#}\n! {} is started again", member.name));
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            () = tokio::time::sleep(RESTART_PAUSE) => {}
        }
        match member.start(stop).await {
            Ok(Some(child)) => {
                progress.line(&format!("✓ {} is back", member.name));
                return Ok(Some(child));
            }
            Ok(None) => return Ok(None),
            Err(error) => {
                failed_starts += 1;
                if failed_starts == RESTARTS_MAX {
                    let name = member.name;
                    return Err(error.context(format!("{name} could not be started again, {failed_starts} times")));
                }
                reason = error;
            }
        }
    }
}

/// Notes one more end at `now`; false when there were too many of late.
fn may_restart(ends: &mut VecDeque<Instant>, now: Instant) -> bool {
    while ends.front().is_some_and(|end| now.duration_since(*end) > RESTARTS_WITHIN) {
        ends.pop_front();
    }
    ends.push_back(now);
    ends.len() <= RESTARTS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ends_in_quick_succession_are_too_many() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut ends = VecDeque::new();
        assert!((0..100).all(|minute| may_restart(&mut ends, at(minute * 61))));
        let mut ends = VecDeque::new();
        let verdicts: Vec<_> = (0..7).map(|second| may_restart(&mut ends, at(second))).collect();
        assert_eq!(verdicts, [true, true, true, true, true, false, false]);
    }
}
