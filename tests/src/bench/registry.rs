//! The schemas the Kafka engine asks a registry for.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// The id of the flat record's schema.
pub(super) const FLAT_ID: u32 = 1;
/// The id of the whole record's schema.
pub(super) const WHOLE_ID: u32 = 2;

/// A schema registry; dropping it stops it.
pub(super) struct Registry {
    /// Where it listens.
    pub(super) address: SocketAddr,
    _serving: AbortOnDropHandle<std::io::Result<()>>,
}

impl Registry {
    /// Starts one that has the given schemas, each under its id.
    pub(super) async fn start(schemas: [(u32, serde_json::Value); 2]) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let routes = schemas.into_iter().fold(Router::new(), |routes, (id, schema)| {
            let answer = serde_json::json!({ "schema": schema.to_string() }).to_string();
            routes.route(&format!("/schemas/ids/{id}"), get(move || std::future::ready(answer.clone())))
        });
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { address, _serving: AbortOnDropHandle::new(serving) })
    }
}
