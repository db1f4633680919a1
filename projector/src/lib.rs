//! Folds gallery events from Kafka into exact ClickHouse tables.

pub mod fold;
