//! Hostile bytes for everything that reads what strangers write: records, request bodies, query strings and cursors.
//!
//! An input is a function of its number, so a failing one is found again. Whatever comes, nothing panics, and every
//! input is accounted for: an event, or a rejection that says why.

mod mutate;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};

use targets::Targets;

pub use mutate::Chance;

/// What became of inputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken: an event, or a query that is understood.
    pub taken: u64,
    /// Rejected, with a reason.
    pub rejected: u64,
}

/// Reads inputs; one for each thread.
pub struct Fuzzer {
    targets: Targets,
    /// What became of the inputs so far.
    pub tally: Tally,
}

impl Fuzzer {
    /// A fuzzer with readers of its own.
    ///
    /// # Errors
    /// No key can be minted, or no runtime started.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { targets: Targets::new()?, tally: Tally::default() })
    }

    /// Feeds the input of this number to its reader.
    ///
    /// # Errors
    /// It panicked, or is not accounted for; the message shows the input.
    pub fn feed(&mut self, number: u64) -> Result<(), String> {
        let mut chance = Chance::new(number);
        let (target, input) = self.targets.input(&mut chance);
        let shown = || format!("input {number} for {target:?}: {}", String::from_utf8_lossy(&input));
        match catch_unwind(AssertUnwindSafe(|| self.targets.read(target, &input))) {
            Ok(Ok(true)) => self.tally.taken += 1,
            Ok(Ok(false)) => self.tally.rejected += 1,
            Ok(Err(what)) => return Err(format!("{what}\n{}", shown())),
            Err(_) => return Err(format!("a panic\n{}", shown())),
        }
        Ok(())
    }
}
