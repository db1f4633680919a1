//! Serves the gallery's Downloads & Sharing endpoints from ClickHouse.
//!
//! ```text
//! request ─► ask: key, parameters, window ─► a route's folder: .sql ─► rows ─► answer ─► JSON, CSV, NDJSON, Parquet
//! ```
//! What a route is says [`resource`], which there are [`routes`], what every one does alike [`ask`] and [`answer`]; what
//! one does is in the folder of its name.

mod answer;
mod ask;
mod changes;
mod client_timeline;
mod clients;
mod collection;
mod collection_analytics;
mod collection_clients;
mod config;
mod description;
mod json;
mod limits;
mod logged;
pub mod metrics;
mod page;
mod parameters;
mod position;
mod resource;
mod routes;
mod served;
mod service;
mod store;
mod timeseries;
mod trace;
mod understand;

mod activity;
mod compare;
mod content;
mod dashboard;
mod definitions;
mod deliveries;
mod download;
mod download_items;
mod downloads;
mod erasure;
mod favorites;
mod figures;
mod follow_ups;
mod freshness;
mod gallery_video_downloads;
mod history;
mod photo_downloads;
mod photo_sharing_links;
mod photo_stats;
mod photos_starred;
mod popular;
mod portfolio;
mod portfolio_collections;
mod preferences;
mod store_candidates;

pub use config::{Config, PREFIX};
pub use service::run;
pub use understand::{understand, understood};
