//! The demo's promises: what a day contains, and how it is delivered.

mod day;
mod delivery;
