//! The edges: they stamp what they see, gather it, and send it, sometimes twice and sometimes late.

mod courier;
mod fleet;
mod wire;

pub(super) use courier::{Courier, Verdict};
pub(super) use fleet::Fleet;
pub(super) use wire::{Batch, Batches};
