//! What checks the files that Loupe is deployed with.
//!
//! ```text
//! schemas  what Kubernetes and Compose take, as JSON Schema
//! chart    deploy/helm as objects
//! container what a container is told, and the configuration that its service makes of it
//! ```

pub mod chart;
pub mod container;
pub mod schemas;

use std::path::PathBuf;

use anyhow::Context;
use serde_json::Value;

/// A path of the repository.
#[must_use]
pub fn path(relative: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(relative)
}

/// A file of the repository.
///
/// # Errors
/// It cannot be read.
pub fn text(relative: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(path(relative)).with_context(|| format!("cannot read {relative}"))
}

/// The one document of a YAML file of the repository.
///
/// # Errors
/// It cannot be read, or is no YAML.
pub fn yaml(relative: &str) -> anyhow::Result<Value> {
    serde_saphyr::from_str(&text(relative)?).with_context(|| format!("{relative} is no YAML"))
}
