//! Brings up Kafka, the engine and the services on one machine.
//!
//! One executable is the whole stack: it runs itself again, once per service, as `cli`'s hidden subcommands. The
//! processes talk to each other only over the network, as they do in production.
//!
//! ```text
//! cli ── stack ──┬── kafka      jars by maven into the cache, formatted and run by a JRE
//!                ├── services   the engine, ingest, projector, query API: this executable again
//!                │   └── member ── process   one child, kept running, with a log
//!                └── traffic ── demo         a day of events over HTTP, then caught_up
//! cli ── operate   quarantine and audits, against a running stack or whatever the environment names
//! ```

pub mod cache;
pub mod caught_up;
pub mod cli;
pub mod demo;
pub mod kafka;
pub mod keys;
pub mod lock;
pub mod maven;
pub mod member;
mod operate;
pub mod options;
pub mod ports;
pub mod process;
pub mod progress;
pub mod services;
pub mod stack;
pub mod traffic;
