//! The client that services reach ClickHouse with.

use std::time::Duration;

use clickhouse::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::config::Secret;

const KEEPALIVE: Duration = Duration::from_secs(60);
/// ClickHouse closes idle connections after 3 s unless it is told otherwise; a request on one that it just closed fails.
const IDLE_TIMEOUT: Duration = Duration::from_secs(2);

/// A client of ClickHouse's HTTP interface at `url`; nothing is connected until something is asked.
///
/// The library's own connections wait to send the end of a statement until the other side has acknowledged its beginning,
/// which that puts off for 40 ms; these do not.
#[must_use]
pub fn client(url: &str, user: Option<&str>, password: Option<&Secret>) -> Client {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_keepalive(Some(KEEPALIVE));
    let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .build(connector);
    let mut client = Client::with_http_client(http).with_url(url);
    if let Some(user) = user {
        client = client.with_user(user);
    }
    if let Some(password) = password {
        client = client.with_password(password.expose());
    }
    client
}
