//! The writing half of a flush, as a state machine without I/O: the steps that make it durable, in their one order.

use std::sync::Arc;

use super::Flush;
use super::reading::Written;
use crate::fold::rows::Rows;

/// A step of writing a flush. Each may be repeated, by anybody, at any time, and changes nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Records that are no event go to the quarantine topic.
    Quarantine,
    /// Records in the wrong partition are sent to the right one.
    Reroute,
    /// Rows of all read models, and of the quarantine table.
    Tables,
    /// Rows of `events`: after the read models, since a replay after a crash takes events that are there for counted.
    Events,
    /// Ranges of offsets: all that they name is durable.
    Ledger,
    /// Offsets.
    Commit,
}

impl Step {
    /// As metrics call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::Reroute => "reroute",
            Self::Tables => "tables",
            Self::Events => "events",
            Self::Ledger => "ledger",
            Self::Commit => "commit",
        }
    }
}

/// A flush on its way.
#[derive(Debug)]
pub struct Writing<R = Rows> {
    flush: Arc<Flush<R>>,
    step: Option<Step>,
}

impl<R> Writing<R> {
    /// A flush of which nothing is written yet.
    #[must_use]
    pub fn new(flush: Flush<R>) -> Self {
        Self { flush: Arc::new(flush), step: Some(Step::Quarantine) }
    }

    /// The next step; `None` when the flush is written and committed. A step that fails stays the next.
    #[must_use]
    pub const fn step(&self) -> Option<Step> {
        self.step
    }

    /// The flush.
    #[must_use]
    pub const fn flush(&self) -> &Arc<Flush<R>> {
        &self.flush
    }

    /// The step was done.
    pub const fn done(&mut self) {
        self.step = match self.step {
            Some(Step::Quarantine) => Some(Step::Reroute),
            Some(Step::Reroute) => Some(Step::Tables),
            Some(Step::Tables) => Some(Step::Events),
            Some(Step::Events) => Some(Step::Ledger),
            Some(Step::Ledger) => Some(Step::Commit),
            Some(Step::Commit) | None => None,
        };
    }

    /// What the reading half is told once the ledger has the flush; a commit that is lost loses no rows.
    #[must_use]
    pub fn written(&self) -> Written {
        Written { number: self.flush.number, epoch: self.flush.epoch, next: self.flush.next.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_committed_after_everything_they_stand_for() {
        let mut writing = Writing::<Rows>::new(Flush::default());
        let mut steps = Vec::new();
        while let Some(step) = writing.step() {
            steps.push(step);
            writing.done();
        }
        use Step::{Commit, Events, Ledger, Quarantine, Reroute, Tables};
        assert_eq!(steps, [Quarantine, Reroute, Tables, Events, Ledger, Commit]);
    }
}
