//! Takes connections in, each within limits of time and size, so that a client that dawdles costs others nothing.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;

use super::tls::Identity;
use crate::health;
use crate::problem::Problem;

/// How long nothing is accepted after the operating system refused, as it does when it has no more file descriptors.
const REFUSED_PAUSE: Duration = Duration::from_millis(200);

/// How many connections a server serves at once unless it is told otherwise.
pub const CONNECTIONS_MAX: usize = 1_000;
/// How long the head of a request may take unless it is told otherwise, in milliseconds: load balancers keep an idle connection
/// for 60 s, and it must not be the server that closes it first.
pub const HEAD_TIMEOUT_MS: u64 = 65_000;

/// So many connections beyond those are told so, or answered about health: a process with much to do is not one to restart.
const BEYOND_MAX: usize = 100;
/// How long the head of a request may take on one of these.
const BEYOND_HEAD_TIMEOUT: Duration = Duration::from_secs(2);

/// What bounds the connections of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many connections are served at once; requests of others are answered 503, but those about health.
    pub connections_max: usize,
    /// How long the head of a request may take, from the opening of its connection or the answer before it; a
    /// connection without a request is closed after as long.
    pub head_timeout: Duration,
    /// The longest head of a request, in bytes; a longer one is answered 431.
    pub head_bytes_max: usize,
    /// The most header fields of a request; with more it is answered 431.
    pub headers_max: usize,
    /// How long a client may take none of the bytes it asked for.
    pub write_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: CONNECTIONS_MAX,
            head_timeout: Duration::from_millis(HEAD_TIMEOUT_MS),
            head_bytes_max: 64 << 10,
            headers_max: 100,
            write_timeout: Duration::from_secs(60),
        }
    }
}

impl Limits {
    /// So many connections, and so long in milliseconds for the head of a request; the rest as ever.
    #[must_use]
    pub fn of(connections_max: usize, head_timeout_ms: u64) -> Self {
        Self { connections_max, head_timeout: Duration::from_millis(head_timeout_ms), ..Self::default() }
    }
}

/// Serves until `shutdown`, and returns when every connection has ended; one that is amid a request ends after it.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    identity: Option<Identity>,
    shutdown: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(limits.connections_max));
    let beyond = Arc::new(Semaphore::new(BEYOND_MAX));
    let limits_beyond = Limits { head_timeout: limits.head_timeout.min(BEYOND_HEAD_TIMEOUT), ..limits };
    let router_beyond = router.clone().layer(middleware::from_fn(tell_of_too_many));
    let graceful = GracefulShutdown::new();
    loop {
        let next = async {
            let beyond = beyond.clone().acquire_owned().await.ok();
            (listener.accept().await, beyond)
        };
        let Some((accepted, beyond)) = shutdown.run_until_cancelled(next).await else { break };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                if !is_of_one_connection(&error) {
                    tracing::warn!(%error, "no connection can be accepted");
                    tokio::time::sleep(REFUSED_PAUSE).await;
                }
                continue;
            }
        };
        let (identity, watcher) = (identity.clone(), graceful.watcher());
        let (permit, router, limits) = match permits.clone().try_acquire_owned() {
            Ok(permit) => (Some(permit), router.clone(), limits),
            Err(_) => (beyond, router_beyond.clone(), limits_beyond),
        };
        tokio::spawn(async move {
            if let Err(error) = serve_one(stream, router, limits, identity, watcher).await {
                tracing::debug!(error, "a connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Answers what is asked about health, and that everything else has to wait.
async fn tell_of_too_many(request: Request, next: Next) -> Response {
    let answer = if health::PATHS.contains(&request.uri().path()) {
        next.run(request).await
    } else {
        let message = "as many connections as may be are open; try again";
        Problem::unavailable("too_many_connections", message, 1).into_response()
    };
    ([(header::CONNECTION, "close")], answer).into_response()
}

/// Whether only the client that was about to be accepted is concerned.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn serve_one(
    stream: TcpStream,
    router: Router,
    limits: Limits,
    identity: Option<Identity>,
    watcher: Watcher,
) -> Result<(), String> {
    // The end of an answer would wait until the client has acknowledged its beginning, which clients put off for 40 ms.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection sends its answers late");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write_timeout));
    let stream = Box::pin(stream);
    match identity {
        None => speak(stream, router, limits, watcher).await,
        Some(identity) => {
            let secured = tokio::time::timeout(limits.head_timeout, identity.accept(stream)).await;
            let secured = secured.map_err(|_| "TLS took too long".to_owned())?;
            speak(Box::pin(secured.map_err(|error| error.to_string())?), router, limits, watcher).await
        }
    }
}

async fn speak<S>(stream: Pin<Box<S>>, router: Router, limits: Limits, watcher: Watcher) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_headers(limits.headers_max)
        .max_header_size(limits.head_bytes_max)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    watcher.watch(connection).await.map_err(|error| error.to_string())
}
