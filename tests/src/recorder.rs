//! A proxy before ClickHouse that keeps what it forwards, to be sent again by a client that does nothing else.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use loupe_service::lifecycle;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

const BODY_BYTES_MAX: usize = 2 << 30;

/// A statement as it was sent, and when.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The request's query, which names the database, settings and parameters, and in inserts the table.
    pub query: String,
    /// The request's body.
    pub body: Bytes,
    /// When it came.
    pub began: Instant,
    /// When its answer was there.
    pub ended: Instant,
    method: Method,
    headers: HeaderMap,
}

/// The proxy; dropping it stops it.
pub struct Recorder {
    /// Where it is.
    pub url: String,
    statements: Arc<Mutex<Vec<Statement>>>,
    _serving: DropGuard,
}

#[derive(Clone)]
struct Proxy {
    target: String,
    http: reqwest::Client,
    statements: Arc<Mutex<Vec<Statement>>>,
    /// Whether a statement with this query is kept.
    keeps: fn(&str) -> bool,
    /// What is forwarded in the place of a body.
    rewrites: fn(Bytes) -> Bytes,
}

impl Recorder {
    /// Forwards to ClickHouse at `target` and keeps the statements that succeed and whose query says so.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(target: &str, keeps: fn(&str) -> bool) -> anyhow::Result<Self> {
        Self::rewriting(target, keeps, |body| body).await
    }

    /// The same, and changes what it forwards; what it keeps is as it came.
    ///
    /// # Errors
    /// No port is free.
    pub async fn rewriting(
        target: &str,
        keeps: fn(&str) -> bool,
        rewrites: fn(Bytes) -> Bytes,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let statements = Arc::default();
        let proxy = Proxy {
            target: target.to_owned(),
            http: reqwest::Client::new(),
            statements: Arc::clone(&statements),
            keeps,
            rewrites,
        };
        let routes = Router::new().fallback(forward).with_state(proxy);
        let stop = CancellationToken::new();
        tokio::spawn(lifecycle::serve(listener, routes, stop.clone(), Duration::ZERO));
        Ok(Self { url, statements, _serving: stop.drop_guard() })
    }

    /// What was kept since the last time, in the order in which it was answered.
    #[must_use]
    pub fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.statements.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Statement {
    /// Sends it to ClickHouse at `url` and reads the answer whole.
    ///
    /// # Errors
    /// It was refused, which says why, or not answered.
    pub async fn send(&self, http: &reqwest::Client, url: &str) -> anyhow::Result<()> {
        let request = http.request(self.method.clone(), format!("{url}/?{}", self.query));
        let answer = request.headers(self.headers.clone()).body(self.body.clone()).send().await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        ensure!(status.is_success(), "a recorded statement was refused: {}", String::from_utf8_lossy(&bytes));
        Ok(())
    }
}

async fn forward(State(proxy): State<Proxy>, method: Method, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    match proxy.forward(method, &uri, headers, body).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

impl Proxy {
    async fn forward(&self, method: Method, uri: &Uri, headers: HeaderMap, body: Body) -> anyhow::Result<Response> {
        let began = Instant::now();
        let query = uri.query().unwrap_or_default().to_owned();
        let mut headers = headers;
        // The length is that of a whole body now, and the host is another.
        headers.remove("transfer-encoding");
        headers.remove("host");
        headers.remove("content-length");
        let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await?;
        let request = self.http.request(method.clone(), format!("{}/?{query}", self.target));
        let answer = request.headers(headers.clone()).body((self.rewrites)(body.clone())).send().await;
        let answer = answer.context("ClickHouse did not answer")?;
        let (status, answer_headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await?;
        if status.is_success() && (self.keeps)(&query) {
            let statement = Statement { query, body, began, ended: Instant::now(), method, headers };
            self.statements.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
        }
        let mut response = (status, bytes).into_response();
        // The length is that of a whole answer now.
        for (name, value) in answer_headers.iter().filter(|(name, _)| *name != "transfer-encoding") {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        Ok(response)
    }
}
