//! The fold: pure, synchronous, infallible. From a set of events to rows, with no clock, randomness or I/O.
//!
//! [`slice::Slice`] is the state of one (account, collection, UTC day); each read model has a folder with its fold,
//! its row and its table. Slice rows are absolute values with a version; lattice rows merge by max, min or latest.

pub mod catalogue;
pub mod clients;
pub mod collection_quarter_hourly;
pub mod collections;
pub mod contribution;
pub mod coverage;
pub mod deliveries;
pub mod download;
pub mod downloads;
pub mod edge_sequences;
pub mod erasures;
pub mod events;
pub mod favorite_lists;
pub mod favorites;
pub mod filter;
#[cfg(test)]
pub(crate) mod fixture;
pub mod galleries;
#[cfg(test)]
mod golden;
pub mod identity;
pub mod identity_daily;
mod keyed;
pub mod lattice;
pub mod link_daily;
pub mod link_visitors;
pub mod media;
pub mod media_daily;
mod memory;
mod names;
mod order;
pub mod recompute;
pub mod rows;
pub mod share_links;
pub mod slice;
pub mod slice_key;
pub mod stars;
mod texts;
pub mod uniques;
pub mod windows;

pub use order::Order;

/// A word of a closed set, as tables spell it: borrowed from the program, owned when it was read from a table.
pub type Word = std::borrow::Cow<'static, str>;
