//! The fold: pure, synchronous, infallible. From a set of events to rows, with no clock, randomness or I/O.

pub mod coverage;
pub mod filter;
pub mod identity;
