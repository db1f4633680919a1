//! What every Loupe process shares: configuration, keys, telemetry, lifecycle, health.
//!
//! A service's `main` reads, in this order: [`config::load`], [`telemetry::init`], [`lifecycle::shutdown_token`],
//! then binds with [`lifecycle::bind`] and serves its router merged with [`health::routes`] by [`lifecycle::serve`].

use tikv_jemallocator::Jemalloc;

/// Memory that one thread takes and another gives back, as a flush's is, costs the C library's allocator half of the
/// projector's time.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

pub mod causes;
pub mod clickhouse;
pub mod clock;
pub mod config;
pub mod health;
#[cfg(feature = "kafka")]
pub mod kafka;
pub mod keys;
pub mod lifecycle;
pub mod oauth;
pub mod pem;
pub mod problem;
pub mod telemetry;
