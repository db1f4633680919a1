//! What a container is told, and the configuration that its service makes of it: the real one, with its rules.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;

use anyhow::{Context, bail};
use loupe_service::config::load_from;

/// Variables by name.
pub type Environment = BTreeMap<String, String>;

/// Variables that every process knows beside its configuration (`loupe_service::telemetry`).
const SHARED: [&str; 2] = [loupe_service::telemetry::FORMAT_VARIABLE, loupe_service::telemetry::FILTER_VARIABLE];

/// Has a service's own configuration take its variables, and says where it listens.
///
/// # Errors
/// A variable that the service does not know, one that is missing, or a value that breaks a rule.
pub fn listens(service: &str, environment: &Environment) -> anyhow::Result<SocketAddr> {
    let prefix = match service {
        "ingest" => loupe_ingest::config::PREFIX,
        "projector" => loupe_projector::config::PREFIX,
        "query-api" => loupe_query_api::PREFIX,
        other => bail!("there is no service `{other}`"),
    };
    let is_known = |name: &str| name.starts_with(&format!("{prefix}_")) || name.starts_with("OTEL_");
    if let Some(stray) = environment.keys().find(|name| !is_known(name) && !SHARED.contains(&name.as_str())) {
        bail!("{service} reads no variable {stray}");
    }
    let variables = || environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let listen = match service {
        "ingest" => load_from::<loupe_ingest::Config>(prefix, None, variables()).map(|config| config.listen),
        "projector" => load_from::<loupe_projector::Config>(prefix, None, variables()).map(|config| config.listen),
        _ => load_from::<loupe_query_api::Config>(prefix, None, variables()).map(|config| config.listen),
    };
    listen.with_context(|| format!("the configuration of {service}"))
}
