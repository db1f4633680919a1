//! Projectors without I/O, a log and a store that misbehave by a seed.
//!
//! ```text
//! choices   every decision of a run, from a seed or from a recorded list
//! generate  a log: events, repeated, shuffled, some in the wrong partition, some no events at all
//! broker    partitions, who owns them, what was committed
//! store     tables, a replica behind them, writes that are still on their way
//! process   one projector: both halves of its flush, driven step by step
//! run       a schedule: who steps next and what goes wrong, then calm, then the comparison
//! mistakes  deliberate ones, to show that the simulation bites
//! shrink    from a failing schedule to a short one
//! ```
//!
//! The state machines are those of the service; only what they ask for is answered by a simulation.

mod broker;
mod choices;
mod generate;
mod mistakes;
mod process;
mod run;
mod shrink;
mod store;

pub use mistakes::Mistake;
pub use run::{Failure, Outcome, run_recorded, run_seed};
pub use shrink::shrink;
