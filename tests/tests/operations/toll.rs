//! A ClickHouse that refuses: an HTTP front that passes requests on, or answers them as a server in trouble does.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The next connection has its own.
const OF_ONE_CONNECTION: [HeaderName; 4] =
    [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION];

/// How ClickHouse is in trouble.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    /// Its status.
    pub(crate) status: u16,
    /// What it says; nothing is said, ever, when this is empty.
    pub(crate) says: &'static str,
    /// Only statements that contain this are refused.
    pub(crate) of: &'static str,
}

#[derive(Clone)]
struct Front {
    target: String,
    http: reqwest::Client,
    trouble: Arc<Mutex<Option<Trouble>>>,
}

/// A front before a ClickHouse.
pub(crate) struct Toll {
    pub(crate) url: String,
    trouble: Arc<Mutex<Option<Trouble>>>,
}

impl Toll {
    pub(crate) async fn start(target: &str) -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let trouble = Arc::new(Mutex::new(None));
        let target = target.trim_end_matches('/').to_owned();
        let front = Front { target, http: reqwest::Client::new(), trouble: Arc::clone(&trouble) };
        let router = Router::new().fallback(pass).layer(axum::extract::DefaultBodyLimit::disable()).with_state(front);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, trouble })
    }

    pub(crate) fn set(&self, trouble: Option<Trouble>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

async fn pass(
    State(front): State<Front>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response {
    let trouble = front.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let statement = [uri.query().unwrap_or_default().as_bytes(), &body].concat();
    if let Some(trouble) = trouble.filter(|trouble| String::from_utf8_lossy(&statement).contains(trouble.of)) {
        if trouble.says.is_empty() {
            std::future::pending::<()>().await;
        }
        let status = StatusCode::from_u16(trouble.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return (status, trouble.says).into_response();
    }
    for name in &OF_ONE_CONNECTION {
        headers.remove(name);
    }
    let url = format!("{}{}", front.target, uri.path_and_query().map_or("/", |path| path.as_str()));
    let sent = front.http.request(method, url).headers(headers).body(body).send().await;
    match sent {
        Ok(answer) => {
            let (status, headers) = (answer.status(), answer.headers().clone());
            match answer.bytes().await {
                Ok(bytes) => {
                    let mut response = (status, bytes).into_response();
                    for (name, value) in headers.iter().filter(|(name, _)| !OF_ONE_CONNECTION.contains(name)) {
                        response.headers_mut().insert(name.clone(), value.clone());
                    }
                    response
                }
                Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
            }
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}
