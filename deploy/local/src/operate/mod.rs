//! What a person on call does by hand: quarantine, audits, rebuilding and going back.

mod audit;
mod quarantine;
mod rebuild;

pub(crate) use audit::audit;
pub(crate) use quarantine::quarantine;
pub(crate) use rebuild::{rebuild, rollback};

use std::ffi::OsStr;

use anyhow::Context;
use loupe_projector::store::Store;
use loupe_projector::{Config, config};
use loupe_service::config as settings;

use crate::options::DataDirectory;
use crate::stack;

const CONFIGURED_BY: &str = "LOUPE_PROJECTOR_CLICKHOUSE_URL";

/// The same for the database that is served, unless one is configured.
async fn configuration_of_served(data: &DataDirectory) -> anyhow::Result<Config> {
    let config = configuration(data)?;
    if config.database.is_some() || config.views_database.is_empty() {
        return Ok(config);
    }
    let served = Store::new(&config).served(&config.views_database).await.context("ClickHouse")?;
    Ok(config.of(&served))
}

/// Where Kafka and ClickHouse are: as a projector of this environment would be told, else those of the running stack.
fn configuration(data: &DataDirectory) -> anyhow::Result<Config> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| value != OsStr::new(""));
    if is_set(CONFIGURED_BY) || is_set(&format!("{}_CONFIG_FILE", config::PREFIX)) {
        return Ok(settings::load(config::PREFIX, None)?);
    }
    let stack = stack::description(&data.path()?)?;
    let variables = [(CONFIGURED_BY, stack.clickhouse_url), ("LOUPE_PROJECTOR_KAFKA_BOOTSTRAP", stack.kafka_bootstrap)];
    let variables = variables.map(|(name, value)| (name.into(), value.into()));
    settings::load_from(config::PREFIX, None, variables).context("the stack's own configuration")
}
