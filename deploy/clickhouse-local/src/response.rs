//! The answer to a request, sent while the statement runs.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use crate::compression::{Encoder, Encoding};
use crate::errors::Exception;
use crate::formats::media_type;

/// Chunks that may wait for the client; the statement waits for it after that.
const CHUNKS_MAX: usize = 4;
/// The server's text must leave before the connection breaks, or the client sees a broken connection and no reason.
const LAST_WORDS_DELAY: Duration = Duration::from_secs(1);
const TAKEN_PAUSE: Duration = Duration::from_millis(10);

const QUERY_ID: HeaderName = HeaderName::from_static("x-clickhouse-query-id");
const DISPLAY_NAME: HeaderName = HeaderName::from_static("x-clickhouse-server-display-name");
const TIMEZONE: HeaderName = HeaderName::from_static("x-clickhouse-timezone");
const FORMAT: HeaderName = HeaderName::from_static("x-clickhouse-format");
const SUMMARY: HeaderName = HeaderName::from_static("x-clickhouse-summary");
const EXCEPTION_CODE: HeaderName = HeaderName::from_static("x-clickhouse-exception-code");
const EXCEPTION_TAG: HeaderName = HeaderName::from_static("x-clickhouse-exception-tag");

/// What every answer says of the server and the request.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) query_id: String,
    /// Sixteen characters that mark an exception within a result, unlike anything in the result.
    pub(crate) exception_tag: String,
    pub(crate) version: String,
    pub(crate) timezone: String,
}

/// What a statement read, wrote and returned.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Summary {
    pub(crate) read: (u64, u64),
    pub(crate) written: (u64, u64),
    pub(crate) result_rows: u64,
    pub(crate) elapsed: Duration,
}

impl Summary {
    fn json(&self) -> String {
        let Self { read, written, result_rows, elapsed } = self;
        serde_json::json!({
            "read_rows": read.0.to_string(),
            "read_bytes": read.1.to_string(),
            "written_rows": written.0.to_string(),
            "written_bytes": written.1.to_string(),
            "total_rows_to_read": "0",
            "result_rows": result_rows.to_string(),
            "result_bytes": "0",
            "elapsed_ns": elapsed.as_nanos().to_string(),
        })
        .to_string()
    }
}

/// The client no longer takes its answer.
#[derive(Debug)]
pub(crate) struct ClientGone;

/// The status and headers, which are sent once.
struct Head {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
}

/// The statement's side of an answer; used on a thread that may block.
pub(crate) struct Reply {
    identity: Identity,
    head: Option<oneshot::Sender<Head>>,
    chunks: mpsc::Sender<io::Result<Bytes>>,
    encoder: Encoder,
    idle_timeout: Duration,
    runtime: Handle,
}

/// The network's side of an answer.
pub(crate) struct PendingResponse {
    head: oneshot::Receiver<Head>,
    chunks: mpsc::Receiver<io::Result<Bytes>>,
}

/// Both sides of an answer; must be called in a tokio runtime.
pub(crate) fn reply(identity: Identity, idle_timeout: Duration) -> (Reply, PendingResponse) {
    let (head_sender, head) = oneshot::channel();
    let (chunk_sender, chunks) = mpsc::channel(CHUNKS_MAX);
    let reply = Reply {
        identity,
        head: Some(head_sender),
        chunks: chunk_sender,
        encoder: Encoder::Identity,
        idle_timeout,
        runtime: Handle::current(),
    };
    (reply, PendingResponse { head, chunks })
}

impl Reply {
    /// Sends status 200 and the headers; `format` is none for a statement without a result.
    pub(crate) fn begin(
        &mut self,
        format: Option<&str>,
        encoding: Encoding,
        summary: Summary,
    ) -> Result<(), Exception> {
        self.encoder = Encoder::new(encoding)?;
        let mut headers = vec![(SUMMARY, summary.json())];
        headers.extend(format.map(|format| (FORMAT, format.to_owned())));
        headers.push((header::CONTENT_TYPE, media_type(format.unwrap_or("TabSeparated")).to_owned()));
        headers.extend(encoding.name().map(|name| (header::CONTENT_ENCODING, name.to_owned())));
        self.send_head(StatusCode::OK, headers);
        Ok(())
    }

    /// Sends bytes of the result after [`Reply::begin`].
    pub(crate) fn send(&mut self, data: &[u8]) -> Result<(), ClientGone> {
        if data.is_empty() {
            return Ok(());
        }
        let chunk = self.encoder.encode(data);
        self.push(chunk)
    }

    /// Ends the answer.
    pub(crate) fn finish(mut self) {
        let last = std::mem::replace(&mut self.encoder, Encoder::Identity).finish();
        if !matches!(&last, Ok(bytes) if bytes.is_empty()) {
            // A client that left no longer needs the end.
            drop(self.push(last));
        }
    }

    /// Answers with `exception`; within a result already begun, as ClickHouse does, and then breaks the connection.
    pub(crate) fn fail(mut self, exception: &Exception) {
        let text = exception.text(&self.identity.version);
        if self.head.is_some() {
            let headers = vec![
                (EXCEPTION_CODE, exception.code().to_string()),
                (header::CONTENT_TYPE, "text/plain; charset=UTF-8".to_owned()),
            ];
            self.send_head(exception.status(), headers);
            drop(self.push(Ok(text.into())));
            return;
        }
        let tag = &self.identity.exception_tag;
        let marked = format!("\r\n__exception__\r\n{tag}\r\n{text}{} {tag}\r\n__exception__\r\n", text.len());
        if self.send(marked.as_bytes()).is_ok() {
            self.runtime.block_on(self.let_go());
            drop(self.push(Err(io::Error::other("the statement failed within its result"))));
        }
    }

    /// Waits until the network has taken every chunk and had time to send it.
    async fn let_go(&self) {
        let taken = async {
            while self.chunks.capacity() < CHUNKS_MAX && !self.chunks.is_closed() {
                tokio::time::sleep(TAKEN_PAUSE).await;
            }
        };
        // A client that takes nothing for so long has no use for the reason either.
        drop(tokio::time::timeout(self.idle_timeout, taken).await);
        tokio::time::sleep(LAST_WORDS_DELAY).await;
    }

    fn push(&self, chunk: io::Result<Bytes>) -> Result<(), ClientGone> {
        let sending = tokio::time::timeout(self.idle_timeout, self.chunks.send(chunk));
        match self.runtime.block_on(sending) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(ClientGone),
        }
    }

    fn send_head(&mut self, status: StatusCode, mut headers: Vec<(HeaderName, String)>) {
        let Identity { query_id, exception_tag, timezone, .. } = self.identity.clone();
        headers.extend([
            (QUERY_ID, query_id),
            (EXCEPTION_TAG, exception_tag),
            (DISPLAY_NAME, "loupe-clickhouse-local".to_owned()),
            (TIMEZONE, timezone),
        ]);
        if let Some(head) = self.head.take() {
            // The receiver is gone when the client is; the next chunk will tell.
            drop(head.send(Head { status, headers }));
        }
    }
}

impl PendingResponse {
    /// Waits until the statement answers; the body holds `guard` until it is complete or dropped.
    pub(crate) async fn respond<G: Guard>(self, mut guard: G) -> Response {
        let Ok(head) = self.head.await else {
            let mut response = Response::new(Body::from("The statement's thread ended without an answer\n"));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return response;
        };
        let mut chunks = self.chunks;
        let body = futures::stream::poll_fn(move |context| {
            let next = chunks.poll_recv(context);
            if matches!(next, std::task::Poll::Ready(None)) {
                guard.complete();
            }
            next
        });
        let mut response = Response::new(Body::from_stream(body));
        *response.status_mut() = head.status;
        for (name, value) in head.headers {
            // A query id comes from the client and may hold what no header may.
            let value = HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("?"));
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Held as long as a client may still leave before its answer is complete.
pub(crate) trait Guard: Send + 'static {
    /// The answer is complete: dropping means nothing any more.
    fn complete(&mut self);
}
