//! A TCP connection that is cut, delayed, and swallowed: what was sent arrives and no answer ever comes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

const DELAY: Duration = Duration::from_millis(700);
const BUFFER: usize = 16 << 10;

/// How connections fare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Weather {
    /// As they should.
    Fair = 0,
    /// Every piece comes late.
    Slow = 1,
    /// Connections are closed where they stand.
    Cut = 2,
    /// Requests arrive, answers do not: half-closed.
    Mute = 3,
}

/// A proxy to one address; dropping it closes all its connections.
pub(super) struct Proxy {
    /// Where it listens.
    pub(super) address: SocketAddr,
    weather: Arc<AtomicU8>,
    _stop: DropGuard,
}

impl Proxy {
    pub(super) async fn start(target: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (weather, stop) = (Arc::new(AtomicU8::new(0)), CancellationToken::new());
        tokio::spawn(accept(listener, target, Arc::clone(&weather), stop.clone()));
        Ok(Self { address, weather, _stop: stop.drop_guard() })
    }

    pub(super) fn set(&self, weather: Weather) {
        self.weather.store(weather as u8, Ordering::SeqCst);
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, weather: Arc<AtomicU8>, stop: CancellationToken) {
    while let Some(Ok((near, _))) = stop.run_until_cancelled(listener.accept()).await {
        let Ok(far) = TcpStream::connect(target).await else { continue };
        let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
        for (from, to, is_answer) in [(near_in, far_out, false), (far_in, near_out, true)] {
            let (weather, stop) = (Arc::clone(&weather), stop.clone());
            tokio::spawn(stop.run_until_cancelled_owned(pass(from, to, is_answer, weather)));
        }
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, is_answer: bool, weather: Arc<AtomicU8>) {
    let mut buffer = vec![0; BUFFER];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let now = weather.load(Ordering::SeqCst);
        if now == Weather::Cut as u8 {
            return;
        }
        if now == Weather::Slow as u8 {
            tokio::time::sleep(DELAY).await;
        }
        let is_swallowed = is_answer && now == Weather::Mute as u8;
        if !is_swallowed && to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
