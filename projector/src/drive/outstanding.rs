//! The flushes that were handed over and are not written yet. Partitions are not given up before those are: where the topic
//! got more partitions, a collection's events lie in two, and whoever folds the later ones must find the earlier ones stored.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Debug, Default)]
struct State {
    flushes: usize,
    /// Nobody writes any more.
    is_over: bool,
}

/// Shared by the two halves, which count, and the consumer, which waits.
#[derive(Debug, Default)]
pub(crate) struct Outstanding {
    state: Mutex<State>,
    fewer: Condvar,
}

impl Outstanding {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more is handed over, if it is valid still; whether it is. Who waits and had made it void before, waits for it not.
    pub(super) fn add_if(&self, is_valid: impl FnOnce() -> bool) -> bool {
        let mut state = self.state();
        let is_valid = is_valid();
        state.flushes += usize::from(is_valid);
        is_valid
    }

    /// One was written.
    pub(super) fn done(&self) {
        let mut state = self.state();
        state.flushes = state.flushes.saturating_sub(1);
        self.fewer.notify_all();
    }

    /// No more will be written.
    pub(crate) fn end(&self) {
        self.state().is_over = true;
        self.fewer.notify_all();
    }

    /// Waits until none is left, or so long; whether none is. Blocks the thread.
    pub(crate) fn wait(&self, timeout: Duration) -> bool {
        let is_waiting = |state: &mut State| state.flushes > 0 && !state.is_over;
        let waited = self.fewer.wait_timeout_while(self.state(), timeout, is_waiting);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_waited_for_all_of_them_and_for_none_once_nobody_writes() {
        let (outstanding, short) = (Outstanding::default(), Duration::from_millis(20));
        assert!(outstanding.wait(short), "there are none");
        assert!(outstanding.add_if(|| true) && outstanding.add_if(|| true));
        outstanding.done();
        assert!(!outstanding.wait(short), "one is left");
        std::thread::scope(|scope| {
            scope.spawn(|| outstanding.done());
            assert!(outstanding.wait(Duration::from_secs(60)));
        });
        assert!(!outstanding.add_if(|| false));
        assert!(outstanding.wait(Duration::from_secs(60)), "a void one is not waited for");
        assert!(outstanding.add_if(|| true));
        outstanding.end();
        assert!(outstanding.wait(Duration::from_secs(60)), "the last one was given up");
    }
}
