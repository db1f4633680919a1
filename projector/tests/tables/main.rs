//! The tables in a real engine: migrations, every row, and the whole fold through them.

mod backfill;
mod engine;
mod erasure;
mod hydrate;
mod ledger;
mod migrations;
mod retention;
mod views;
mod whole;
