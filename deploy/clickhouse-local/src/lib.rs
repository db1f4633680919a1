//! The ClickHouse engine as a library, behind ClickHouse's own HTTP interface.
//!
//! One process holds one engine over one data directory and answers as a ClickHouse server would, so the `clickhouse`
//! crate, clickhouse-connect, curl and BI tools work unchanged. It is for one machine: a demo, a laptop, a test.
//!
//! ```no_run
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! use loupe_clickhouse_local::{Config, library, run};
//!
//! let library = library::ensure_library("cache".as_ref(), &|line| eprintln!("{line}"))?;
//! let config = Config::new("data".into(), library, ([127, 0, 0, 1], 8123).into());
//! run(config, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

mod body;
mod compression;
mod config;
mod engine;
mod errors;
mod execution;
mod ffi;
mod formats;
mod lexer;
pub mod library;
mod overrides;
mod request;
mod response;
mod server;
mod sessions;
mod statement;

pub use config::{Access, Config};
pub use errors::Error;
pub use server::{run, serve, serve_in_background};
