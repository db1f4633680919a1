//! Listens, admits requests, and stops in order.

use std::future::Future;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request as HttpRequest, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::get;
use loupe_service::lifecycle::{self, Limits, Server};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::body::BodyReader;
use crate::config::{Access, Config};
use crate::engine::Engine;
use crate::errors::{Code, Error, Exception};
use crate::execution::{self, Job};
use crate::request::Request;
use crate::response::{Guard, Identity, reply};
use crate::sessions::Sessions;

/// How often sessions whose time is over are closed.
const SESSION_SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Statements may be in the URL, and a client may keep what it opened for its next one.
const LIMITS: Limits = Limits {
    connections_max: 2_000,
    head_timeout: Duration::from_secs(300),
    head_bytes_max: 256 << 10,
    headers_max: 100,
    write_timeout: Duration::from_secs(600),
};

struct Front {
    config: Config,
    engine: Arc<Engine>,
    sessions: Arc<Sessions>,
    permits: Arc<Semaphore>,
    requests: AtomicU64,
}

/// Opens the engine, listens on `config.listen` and serves until `shutdown`.
///
/// # Errors
/// The address is taken, the library does not load, or the data directory cannot be opened.
pub async fn run(config: Config, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
    let listener = lifecycle::bind(config.listen).await?;
    serve(listener, config, shutdown).await
}

/// Opens the engine and serves on `listener` until `shutdown`; then running statements get `config.drain_timeout`.
///
/// # Errors
/// The library does not load, or the data directory cannot be opened.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let identity = match (&config.access.tls_certificate, &config.access.tls_key) {
        (Some(certificate), Some(key)) => Some(lifecycle::Identity::read(certificate, key)?),
        _ => None,
    };
    let to_open = config.clone();
    let engine = tokio::task::spawn_blocking(move || Engine::open(&to_open));
    let engine =
        engine.await.map_err(|error| Error::Open { path: config.data_dir.clone(), reason: error.to_string() })??;
    let drain_timeout = config.drain_timeout;
    let server = Arc::new(Front {
        sessions: Sessions::new(config.sessions_max),
        permits: Arc::new(Semaphore::new(config.queries_max)),
        requests: AtomicU64::new(0),
        engine: Arc::new(engine),
        config,
    });
    let stopping = CancellationToken::new();
    let stop = stopping.clone();
    tokio::spawn(async move {
        shutdown.await;
        stop.cancel();
    });
    let sweeper = tokio::spawn(sweep(server.sessions.clone()));
    let router = Router::new()
        .route("/", get(statement).post(statement))
        .route("/ping", get(alive))
        .route("/replicas_status", get(alive))
        .with_state(server.clone());
    let served = Server { router, limits: LIMITS, identity, drain_timeout }.serve(listener, stopping).await;
    sweeper.abort();
    close(server).await;
    served?;
    Ok(())
}

/// Serves on a free port from a thread of this process, until it ends: an engine for tests. Returns its URL.
///
/// # Errors
/// No port is free. A library or directory that cannot be opened ends the thread with a message on standard error.
pub fn serve_in_background(data_dir: PathBuf, library: PathBuf) -> std::io::Result<String> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Runtime::new()?;
    std::thread::Builder::new().name("engine".to_owned()).spawn(move || {
        let served = runtime.block_on(async {
            let listener = TcpListener::from_std(listener)?;
            serve(listener, Config::new(data_dir, library, address), std::future::pending()).await
        });
        if let Err(error) = served {
            eprintln!("the engine in the background ended: {error}");
        }
    })?;
    Ok(format!("http://{address}"))
}

async fn sweep(sessions: Arc<Sessions>) {
    let mut interval = tokio::time::interval(SESSION_SWEEP_INTERVAL);
    loop {
        interval.tick().await;
        sessions.forget_expired();
    }
}

/// Closes the engine once the last statement let go of it.
async fn close(server: Arc<Front>) {
    server.sessions.clear();
    let engine = server.engine.clone();
    drop(server);
    match Arc::try_unwrap(engine) {
        Ok(engine) => {
            // Nothing is left to do for a close that panicked: what was acknowledged is stored.
            drop(tokio::task::spawn_blocking(move || engine.close()).await);
        }
        Err(_) => tracing::warn!("statements still run; what was acknowledged is stored all the same"),
    }
}

async fn alive() -> &'static str {
    "Ok.\n"
}

/// Runs the request's statement, or answers `Ok.` when there is none.
async fn statement(State(server): State<Arc<Front>>, http: HttpRequest) -> Response {
    let number = server.requests.fetch_add(1, Ordering::Relaxed);
    let unique_id = format!("local-{}-{number}", std::process::id());
    let mut identity = Identity {
        query_id: unique_id.clone(),
        exception_tag: format!("{number:016x}"),
        version: server.engine.version().to_owned(),
        timezone: server.engine.timezone().to_owned(),
    };
    let (request, body) = match read_request(&server.config, http).await {
        Ok(Some(request)) => request,
        Ok(None) => return Response::new(Body::from("Ok.\n")),
        Err(exception) => return refuse(identity, exception, server.config.idle_timeout).await,
    };
    if let Some(query_id) = &request.query_id {
        identity.query_id.clone_from(query_id);
    }
    let Ok(permit) = server.permits.clone().try_acquire_owned() else {
        let reason = format!("Too many simultaneous queries. Maximum: {}", server.config.queries_max);
        let exception = Exception::new(Code::TooManySimultaneousQueries, reason);
        return refuse(identity, exception, server.config.idle_timeout).await;
    };
    let job = Job {
        engine: server.engine.clone(),
        sessions: server.sessions.clone(),
        request,
        body: BodyReader::new(body, server.config.request_body_bytes_max, server.config.idle_timeout),
        log_comment: unique_id.clone(),
        statement_bytes_max: server.config.statement_bytes_max,
        permit,
    };
    let (reply, response) = reply(identity, server.config.idle_timeout);
    let guard = KillWhenAbandoned { engine: Some(server.engine.clone()), log_comment: unique_id };
    tokio::task::spawn_blocking(move || execution::run(job, reply));
    response.respond(guard).await
}

/// What `http` asks for and the body to read; none when it asks for nothing.
async fn read_request(config: &Config, http: HttpRequest) -> Result<Option<(Request, Body)>, Exception> {
    let (method, headers) = (http.method().clone(), http.headers().clone());
    let url = http.uri().query().unwrap_or_default().as_bytes();
    let mut fields: Vec<(String, String)> = form_urlencoded::parse(url).into_owned().collect();
    if method != axum::http::Method::POST && !fields.iter().any(|(name, _)| name == "query") {
        return Ok(None);
    }
    let body = if is_form(&headers) {
        fields.extend(form(http, config.statement_bytes_max).await?);
        Body::empty()
    } else {
        http.into_body()
    };
    let request = Request::parse(&method, fields, &headers)?;
    authenticate(config, &request)?;
    Ok(Some((request, body)))
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("multipart/form-data"))
}

/// The most bytes of a field of a form, as a server has it unless said otherwise (`http_max_field_value_size`).
const FIELD_BYTES_MAX: usize = 128 * 1024;

/// The fields of a form, which some clients send parameters in when they are too long for a URL.
async fn form(http: HttpRequest, bytes_max: usize) -> Result<Vec<(String, String)>, Exception> {
    let malformed = |reason: String| Exception::new(Code::BadArguments, format!("Malformed form: {reason}"));
    let mut form = Multipart::from_request(http, &()).await.map_err(|error| malformed(error.to_string()))?;
    let (mut fields, mut bytes_left) = (Vec::new(), bytes_max);
    while let Some(mut field) = form.next_field().await.map_err(|error| malformed(error.to_string()))? {
        let (name, mut value) = (field.name().unwrap_or_default().to_owned(), Vec::new());
        while let Some(chunk) = field.chunk().await.map_err(|error| malformed(error.to_string()))? {
            let too_long =
                || Exception::new(Code::QueryIsTooLarge, format!("The form is longer than {bytes_max} bytes"));
            bytes_left = bytes_left.checked_sub(chunk.len()).ok_or_else(too_long)?;
            value.extend_from_slice(&chunk);
            if value.len() > FIELD_BYTES_MAX {
                let reason = format!("Field value too long: more than {FIELD_BYTES_MAX} bytes");
                return Err(Exception::new(Code::BadArguments, reason));
            }
        }
        fields.push((name, String::from_utf8(value).map_err(|_| malformed("a field is not UTF-8".to_owned()))?));
    }
    Ok(fields)
}

fn authenticate(config: &Config, request: &Request) -> Result<(), Exception> {
    let Access { user, password, .. } = &config.access;
    let is = |given: &Option<String>, expected: &Option<String>| {
        expected.as_ref().is_none_or(|expected| {
            bool::from(given.as_deref().unwrap_or_default().as_bytes().ct_eq(expected.as_bytes()))
        })
    };
    // Both are compared, whatever comes of the first.
    if is(&request.user, user) & is(&request.password, password) {
        return Ok(());
    }
    let name = request.user.as_deref().unwrap_or("default");
    let reason = format!("{name}: Authentication failed: password is incorrect, or there is no user with such name.");
    Err(Exception::new(Code::AuthenticationFailed, reason))
}

/// Answers a request that never became a statement.
async fn refuse(identity: Identity, exception: Exception, idle_timeout: Duration) -> Response {
    let (reply, response) = reply(identity, idle_timeout);
    tokio::task::spawn_blocking(move || reply.fail(&exception));
    response.respond(Unguarded).await
}

struct Unguarded;

impl Guard for Unguarded {
    fn complete(&mut self) {}
}

/// Cancels a statement whose client left before the answer was complete.
struct KillWhenAbandoned {
    engine: Option<Arc<Engine>>,
    log_comment: String,
}

impl Guard for KillWhenAbandoned {
    fn complete(&mut self) {
        self.engine = None;
    }
}

impl Drop for KillWhenAbandoned {
    fn drop(&mut self) {
        let Some(engine) = self.engine.take() else { return };
        let log_comment = std::mem::take(&mut self.log_comment);
        // Dropped outside a runtime, the process ends and the statement with it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn_blocking(move || {
            if let Err(exception) = engine.kill(&log_comment) {
                tracing::warn!(%exception, "cannot cancel an abandoned statement");
            }
        });
    }
}
