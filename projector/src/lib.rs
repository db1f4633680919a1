//! Folds gallery events from Kafka into exact ClickHouse tables.
//!
//! Data flows one way: [`log`] (records) → [`fold`] (pure) → [`flush`] (what one step writes, and in which order) →
//! [`store`] (rows), and back to the log only as committed offsets. `drive` does the I/O the flush asks for.

pub mod audit;
pub mod backfill;
pub mod config;
mod drive;
pub mod erase;
pub mod flush;
pub mod fold;
pub mod log;
pub mod metrics;
mod projection;
pub mod quarantine;
pub mod rebuild;
pub mod retention;
pub mod served;
mod service;
pub mod store;
pub mod views;
mod watch;

pub use config::Config;
pub use service::run;
