//! How a process starts listening, what its connections may cost, and how it stops.

mod connections;
mod tls;

pub use connections::{CONNECTIONS_MAX, HEAD_TIMEOUT_MS, Limits};
pub use tls::{Identity, IdentityError};

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The exit code of a process that was told to stop a second time, as shells report an interrupt.
const INTERRUPTED_EXIT_CODE: i32 = 130;

/// A token that is cancelled at the first SIGINT or SIGTERM; a second signal ends the process at once.
///
/// # Errors
/// The operating system refuses to install a signal handler.
pub fn shutdown_token() -> io::Result<CancellationToken> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = interrupt.recv() => "SIGINT",
                _ = terminate.recv() => "SIGTERM",
            }
        };
        let name = next().await;
        tracing::info!(signal = name, "stopping");
        cancelled.cancel();
        next().await;
        std::process::exit(INTERRUPTED_EXIT_CODE);
    });
    Ok(token)
}

/// Listens on `address`.
///
/// # Errors
/// The address is taken, not ours or not permitted; the message names it.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}")))
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Every request that had begun was answered.
    Completely,
    /// `drain_timeout` passed first; the rest ends with the process.
    TimedOut,
}

/// What a server serves, and within which bounds.
#[derive(Debug, Clone)]
pub struct Server {
    /// What answers.
    pub router: Router,
    /// What bounds its connections.
    pub limits: Limits,
    /// What it proves itself with; without, it speaks plain HTTP.
    pub identity: Option<Identity>,
    /// How long running requests may take to finish once it is told to stop.
    pub drain_timeout: Duration,
}

impl Server {
    /// Serves until `shutdown`, then accepts nothing more and gives running requests the drain timeout to finish.
    ///
    /// # Errors
    /// The listener fails.
    pub async fn serve(self, listener: TcpListener, shutdown: CancellationToken) -> io::Result<Drained> {
        let Self { router, limits, identity, drain_timeout } = self;
        let address = listener.local_addr()?;
        tracing::info!(%address, tls = identity.is_some(), "listening");
        let serving = connections::serve(listener, router, limits, identity, shutdown.clone());
        if drained(serving, &shutdown, drain_timeout).await.is_none() {
            tracing::warn!(%address, ?drain_timeout, "requests were still running");
            return Ok(Drained::TimedOut);
        }
        Ok(Drained::Completely)
    }
}

/// What `work` comes to, which has `grace` to end once `shutdown` was asked for; none when that was too short, and it was
/// dropped on its way.
pub async fn drained<T>(work: impl Future<Output = T>, shutdown: &CancellationToken, grace: Duration) -> Option<T> {
    let too_late = async {
        shutdown.cancelled().await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        done = work => Some(done),
        () = too_late => None,
    }
}

/// Serves `router` by plain HTTP within the usual limits until `shutdown`, then accepts nothing more and gives running
/// requests `drain_timeout` to finish.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
    drain_timeout: Duration,
) -> io::Result<Drained> {
    let server = Server { router, limits: Limits::default(), identity: None, drain_timeout };
    server.serve(listener, shutdown).await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::Notify;

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

    /// A server whose one request begins, and answers only when `finish` is told.
    async fn slow_server(
        drain_timeout: Duration,
    ) -> (tokio::task::JoinHandle<Drained>, TcpStream, CancellationToken, Arc<Notify>) {
        let (began, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let shared = (began.clone(), finish.clone());
        let router = Router::new().route(
            "/",
            get(move || async move {
                shared.0.notify_one();
                shared.1.notified().await;
                "done"
            }),
        );
        let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let server = tokio::spawn({
            let shutdown = shutdown.clone();
            async move { serve(listener, router, shutdown, drain_timeout).await.unwrap() }
        });
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(REQUEST).await.unwrap();
        began.notified().await;
        (server, client, shutdown, finish)
    }

    #[tokio::test]
    async fn what_never_ends_is_given_up_after_the_grace_and_nothing_before_it_is_told_to() {
        let (shutdown, grace) = (CancellationToken::new(), Duration::from_millis(20));
        assert_eq!(drained(tokio::time::sleep(3 * grace), &shutdown, grace).await, Some(()), "nobody told it to");
        shutdown.cancel();
        assert_eq!(drained(std::future::ready(()), &shutdown, grace).await, Some(()));
        assert_eq!(drained(std::future::pending::<()>(), &shutdown, grace).await, None);
    }

    #[tokio::test]
    async fn a_running_request_is_answered_before_the_end() {
        let (server, mut client, shutdown, finish) = slow_server(Duration::from_secs(30)).await;
        shutdown.cancel();
        finish.notify_one();
        assert_eq!(server.await.unwrap(), Drained::Completely);
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("done"), "{answer}");
    }

    #[tokio::test]
    async fn draining_is_bounded() {
        let (server, _client, shutdown, _finish) = slow_server(Duration::from_millis(20)).await;
        shutdown.cancel();
        assert_eq!(server.await.unwrap(), Drained::TimedOut);
    }

    /// A server within these limits that answers `done` at once.
    async fn quick_server(limits: Limits) -> (std::net::SocketAddr, CancellationToken) {
        let router = Router::new().route("/", get(|| async { "done" })).route("/livez", get(|| async { "lives" }));
        let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
        let server = Server { router, limits, identity: None, drain_timeout: Duration::ZERO };
        tokio::spawn(server.serve(listener, shutdown.clone()));
        (address, shutdown)
    }

    async fn ask(address: std::net::SocketAddr, request: &[u8]) -> String {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(request).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_client_that_sends_its_head_byte_by_byte_is_cut_off_and_others_go_on() {
        let limits = Limits { head_timeout: Duration::from_millis(300), ..Limits::default() };
        let (address, _shutdown) = quick_server(limits).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        let (mut reading, mut writing) = slow.split();
        let began = std::time::Instant::now();
        let trickle = async {
            for byte in b"GET / HTTP/1.1\r\nhost: x\r\nx: ".iter().chain(std::iter::repeat(&b'x')) {
                if writing.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let mut received = Vec::new();
        let ended = async { reading.read_to_end(&mut received).await };
        let meanwhile = async {
            while began.elapsed() < Duration::from_millis(250) {
                assert!(ask(address, REQUEST).await.ends_with("done"));
            }
        };
        tokio::select! {
            (_, ()) = async { tokio::join!(ended, meanwhile) } => {}
            () = trickle => {}
        }
        assert!(began.elapsed() < Duration::from_secs(5), "it was cut off after {:?}", began.elapsed());
        assert!(!String::from_utf8_lossy(&received).contains("200 OK"));
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed() {
        let limits = Limits { head_timeout: Duration::from_millis(100), ..Limits::default() };
        let (address, _shutdown) = quick_server(limits).await;
        let kept_alive = ask(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(kept_alive.ends_with("done"), "{kept_alive}");
    }

    #[tokio::test]
    async fn a_head_that_is_too_long_is_answered_431() {
        let limits = Limits { head_bytes_max: 10_000, headers_max: 20, ..Limits::default() };
        let (address, _shutdown) = quick_server(limits).await;
        let long = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(20_000));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(21));
        for head in [long, many] {
            let answer = ask(address, head.as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        }
        assert!(ask(address, REQUEST).await.ends_with("done"));
    }

    #[tokio::test]
    async fn beyond_the_limit_of_connections_only_health_is_answered() {
        let limits = Limits { connections_max: 1, ..Limits::default() };
        let (address, _shutdown) = quick_server(limits).await;
        let idle = TcpStream::connect(address).await.unwrap();
        let refused = ask(address, REQUEST).await;
        assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("too_many_connections"), "{refused}");
        assert!(refused.contains("retry-after: "), "{refused}");
        // It is closed, though it was to be kept.
        let health = ask(address, b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(health.starts_with("HTTP/1.1 200 ") && health.ends_with("lives"), "{health}");
        drop(idle);
        let deadline = std::time::Instant::now() + Duration::from_secs(10);
        while !ask(address, REQUEST).await.ends_with("done") {
            assert!(std::time::Instant::now() < deadline, "the place is not free again");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_is_cut_off() {
        let limits = Limits { write_timeout: Duration::from_millis(200), ..Limits::default() };
        let router = Router::new().route("/", get(|| async { "x".repeat(64 << 20) }));
        let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
        let drain_timeout = Duration::from_secs(30);
        let server = Server { router, limits, identity: None, drain_timeout };
        let serving = tokio::spawn(server.serve(listener, shutdown.clone()));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(REQUEST).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        shutdown.cancel();
        // Were it not cut off, the connection would keep the server for the drain timeout.
        let drained = tokio::time::timeout(Duration::from_secs(10), serving).await.unwrap();
        assert_eq!(drained.unwrap().unwrap(), Drained::Completely);
        drop(client);
    }

    #[tokio::test]
    async fn a_taken_address_is_named() {
        let taken = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = taken.local_addr().unwrap();
        let error = bind(address).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot listen on {address}: ")), "{error}");
    }
}
