//! A request's body, handed from the network to the thread that runs the statement.

use std::io::{self, Read};
use std::time::Duration;

use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body_util::BodyExt;
use tokio::sync::mpsc;

use crate::errors::{Code, Exception};

/// Frames that may wait for the engine; more wait in the network.
const FRAMES_MAX: usize = 8;

/// Reads a body on a thread that may block.
pub(crate) struct BodyReader {
    frames: mpsc::Receiver<Result<Bytes, Exception>>,
    frame: Bytes,
}

impl BodyReader {
    /// Forwards `body` until its end, an error, `bytes_max`, or a silence of `idle_timeout`; needs a tokio runtime.
    ///
    /// A body that does not arrive whole ends in an error: half an INSERT must not be stored.
    pub(crate) fn new(body: Body, bytes_max: u64, idle_timeout: Duration) -> Self {
        let (sender, frames) = mpsc::channel(FRAMES_MAX);
        tokio::spawn(forward(body, bytes_max, idle_timeout, sender));
        Self { frames, frame: Bytes::new() }
    }
}

async fn forward(
    mut body: Body,
    bytes_max: u64,
    idle_timeout: Duration,
    sender: mpsc::Sender<Result<Bytes, Exception>>,
) {
    let mut bytes_left = bytes_max;
    loop {
        let frame = match tokio::time::timeout(idle_timeout, body.frame()).await {
            Err(_) => Err(Exception::new(Code::NetworkError, "The request's body stopped arriving")),
            Ok(None) => return,
            Ok(Some(Err(error))) => Err(Exception::new(Code::NetworkError, format!("The request was cut: {error}"))),
            Ok(Some(Ok(frame))) => Ok(frame.into_data().unwrap_or_default()),
        };
        let frame = frame.and_then(|data| match bytes_left.checked_sub(data.len() as u64) {
            Some(left) => {
                bytes_left = left;
                Ok(data)
            }
            None => Err(Exception::new(Code::LimitExceeded, format!("The body is longer than {bytes_max} bytes"))),
        });
        let is_last = frame.is_err();
        if sender.send(frame).await.is_err() || is_last {
            return;
        }
    }
}

impl Read for BodyReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.frame.is_empty() {
            match self.frames.blocking_recv() {
                None => return Ok(0),
                Some(frame) => self.frame = frame?,
            }
        }
        let read = out.len().min(self.frame.len());
        self.frame.copy_to_slice(&mut out[..read]);
        Ok(read)
    }
}
