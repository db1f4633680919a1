//! The engine's HTTP interface as real clients use it, on the real engine.

mod crashes;
mod engine;
mod inserts;
mod library_client;
mod requests;
mod results;
mod sessions;
