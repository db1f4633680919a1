//! The client that services reach ClickHouse with.

use std::time::Duration;

use clickhouse::Client;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::config::Secret;
use crate::pem::{self, Authorities};

/// A peer that is gone without a word is noticed after half a minute, however long a statement may take.
const KEEPALIVE: Duration = Duration::from_secs(10);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 4;
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(30);
/// ClickHouse closes idle connections after 3 s unless it is told otherwise; a request on one that it just closed fails.
const IDLE_TIMEOUT: Duration = Duration::from_secs(2);

/// A client of ClickHouse's HTTP interface at `url`; nothing is connected until something is asked.
///
/// An `https` server must prove itself by a certificate of `authorities`, else of the system's.
///
/// The library's own connections wait to send the end of a statement until the other side has acknowledged its beginning,
/// which that puts off for 40 ms; these do not.
#[must_use]
pub fn client(url: &str, user: Option<&str>, password: Option<&Secret>, authorities: Option<&Authorities>) -> Client {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_keepalive(Some(KEEPALIVE));
    connector.set_keepalive_interval(Some(KEEPALIVE_INTERVAL));
    connector.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
    connector.set_tcp_user_timeout(Some(UNACKNOWLEDGED_MAX));
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    builder.pool_idle_timeout(IDLE_TIMEOUT);
    let client = if url.starts_with("https://") {
        connector.enforce_http(false);
        let secured = HttpsConnectorBuilder::new().with_tls_config(pem::client_config(authorities));
        Client::with_http_client(builder.build(secured.https_only().enable_http1().wrap_connector(connector)))
    } else {
        Client::with_http_client(builder.build(connector))
    };
    let client = client.with_url(url);
    let client = user.into_iter().fold(client, Client::with_user);
    password.into_iter().fold(client, |client, password| client.with_password(password.expose()))
}
