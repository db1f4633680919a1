//! The service: routes, keys and health, from start to drained stop.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use loupe_service::config::Validate;
use loupe_service::health::{self, Health};
use loupe_service::keys::KeyStore;
use loupe_service::lifecycle::{self, Server};
use loupe_service::telemetry::{Metrics, catalogue};
use tokio_util::sync::CancellationToken;

use crate::ask::App;
use crate::config::Config;
use crate::erasure::Orders;
use crate::freshness::watch;
use crate::limits::Limits;
use crate::logged::logged;
use crate::metrics::METRICS;
use crate::position::{self, CLICKHOUSE};
use crate::routes::router;
use crate::served::Lookout;
use crate::store::Store;

const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);

/// Serves the API until `shutdown`, then finishes what was asked.
///
/// ClickHouse may be away at the start; requests are answered 503 until it is there and has our tables.
///
/// # Errors
/// The configuration breaks a rule, the key file is absent or bad, or the address cannot be listened on.
pub async fn run(config: Config, shutdown: CancellationToken) -> anyhow::Result<()> {
    config
        .validate()
        .map_err(|invalid| anyhow::anyhow!("configuration field `{}`: {}", invalid.field, invalid.rule))?;
    let metrics = Metrics::install();
    catalogue::describe(METRICS);
    let keys = KeyStore::open(&config.keys_file).context("API keys")?;
    let health = Health::new(&[CLICKHOUSE]);
    let store = Store::new(&config);
    let orders = config.ingest_url.as_deref().zip(config.ingest_key.as_ref());
    let orders = orders.map(|(url, key)| Orders::new(url, key)).transpose().context("HTTP client")?;
    let lookout = Lookout::new(store.clone(), config.database.clone(), config.views_database.clone());
    let listener = lifecycle::bind(config.listen).await?;
    let background = shutdown.child_token();
    let _stop_background = background.clone().drop_guard();
    tokio::spawn(keys.clone().watch(background.clone()));
    let poll = Duration::from_millis(config.position_poll_ms);
    let positions = position::follow(store.clone(), lookout, health.clone(), poll, background.clone());
    tokio::spawn(watch::follow_canaries(store.clone(), positions.clone(), background.clone()));
    tokio::spawn(watch::follow_edges(store.clone(), positions.clone(), background));
    let app = App {
        positions,
        store,
        keys,
        limits: Arc::new(Limits::new(&config)),
        collections: Arc::default(),
        counts: Arc::default(),
        cursor_key: config.cursor_key.expose().into(),
        min_position_wait: Duration::from_millis(config.min_position_wait_ms),
        orders,
    };
    let router = router(app).layer(axum::middleware::from_fn(logged)).merge(health::routes(health, metrics));
    let server = Server { router, limits: config.connections(), identity: None, drain_timeout: DRAIN_TIMEOUT };
    server.serve(listener, shutdown).await?;
    Ok(())
}
