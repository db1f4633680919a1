//! Serves the gallery's Downloads & Sharing endpoints from ClickHouse.
//!
//! ```text
//! request ─► endpoint: key, parameters, window ─► an endpoint's folder: .sql ─► rows ─► answer ─► JSON, CSV, NDJSON
//! ```
//! What a list is says [`list`], what every one does alike [`endpoint`]; what one does is in the folder of its name.

mod answer;
mod clients;
mod config;
mod endpoint;
mod export;
mod json;
mod list;
mod page;
mod parameters;
mod service;
mod store;

mod deliveries;
mod downloads;
mod favorites;
mod freshness;
mod gallery_video_downloads;
mod photo_downloads;
mod photo_sharing_links;
mod photos_starred;

pub use config::{Config, PREFIX};
pub use endpoint::understand;
pub use service::run;
