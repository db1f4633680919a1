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

/// Starts the process and waits until it is ready.
pub type Start = Box<dyn Fn() -> BoxFuture<'static, anyhow::Result<Child>> + Send + Sync>;

/// What a process is and how it is run.
pub struct Member {
    /// What people call it.
    pub name: &'static str,
    /// How it is started.
    pub start: Start,
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
    /// Starts the process, waits until it is ready, and keeps it running from then on.
    ///
    /// When it cannot be kept running, the reason is sent to `failures`.
    ///
    /// # Errors
    /// The first start failed.
    pub async fn run(self, progress: Progress, failures: mpsc::Sender<anyhow::Error>) -> anyhow::Result<Running> {
        let stop = CancellationToken::new();
        let (ready, started) = oneshot::channel();
        let task = tokio::spawn(keep(self, stop.clone(), ready, progress, failures));
        match started.await {
            Ok(Ok(())) => Ok(Running { stop, task }),
            Ok(Err(error)) => Err(error),
            Err(_) => anyhow::bail!("the task that keeps a process running ended"),
        }
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
    let mut child = match (member.start)().await {
        Ok(child) => child,
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
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            started = (member.start)() => match started {
                Ok(child) => {
                    progress.line(&format!("✓ {} is back", member.name));
                    return Ok(Some(child));
                }
                Err(error) => reason = error,
            },
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
