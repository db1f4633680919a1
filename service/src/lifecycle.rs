//! How a process starts listening, and how it stops.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
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

/// Serves `router` until `shutdown`, then accepts nothing more and gives running requests `drain_timeout` to finish.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
    drain_timeout: Duration,
) -> io::Result<Drained> {
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    // The end of an answer would wait until the client has acknowledged its beginning, which clients put off for 40 ms.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection sends its answers late");
        }
    });
    let server = axum::serve(listener, router).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let deadline = async {
        shutdown.cancelled().await;
        tokio::time::sleep(drain_timeout).await;
    };
    tokio::select! {
        served = server.into_future() => served.map(|()| Drained::Completely),
        () = deadline => {
            tracing::warn!(%address, ?drain_timeout, "requests were still running");
            Ok(Drained::TimedOut)
        }
    }
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

    #[tokio::test]
    async fn a_taken_address_is_named() {
        let taken = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = taken.local_addr().unwrap();
        let error = bind(address).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot listen on {address}: ")), "{error}");
    }
}
