//! The one schema the Kafka engine asks a registry for.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// The id of the one schema.
pub(super) const SCHEMA_ID: u32 = 1;

/// A schema registry with one schema; dropping it stops it.
pub(super) struct Registry {
    /// Where it listens.
    pub(super) address: SocketAddr,
    _serving: AbortOnDropHandle<std::io::Result<()>>,
}

impl Registry {
    pub(super) async fn start(schema: String) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let answer = serde_json::json!({ "schema": schema }).to_string();
        let routes =
            Router::new().route(&format!("/schemas/ids/{SCHEMA_ID}"), get(move || std::future::ready(answer.clone())));
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { address, _serving: AbortOnDropHandle::new(serving) })
    }
}
