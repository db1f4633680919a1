//! Tokens of an OAuth 2 server by the client credentials grant, fetched again before they expire.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

use crate::causes::with_causes;
use crate::config::Secret;
use crate::pem::{self, Authorities};

const TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MAX: usize = 256 << 10;
const SAID_CHARS_MAX: usize = 200;
/// A token is handed out again until this part of its life is over: Kafka's clients ask for the next one at four fifths.
const KEPT_OF_LIFE: f64 = 0.75;

/// What a client proves itself to the OAuth server with, and where.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The token endpoint: `https`, or `http` at a loopback address.
    pub endpoint: Uri,
    /// The client's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// The scope asked for, when the server wants one named.
    pub scope: Option<String>,
    /// The authorities of the endpoint's certificate, when they are not the system's.
    pub authorities: Option<Authorities>,
}

/// A token and its life.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// What is shown to the server that asks for it.
    pub text: String,
    /// Whose it is: the `sub` in it when it is a JSON web token, else the client's id.
    pub subject: String,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("subject", &self.subject).field("expires_at", &self.expires_at).finish()
    }
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The endpoint cannot be reached, or does not prove who it is.
    #[error("the token endpoint {endpoint} cannot be asked: {reason}")]
    Away {
        /// Where it should be.
        endpoint: Uri,
        /// What is wrong.
        reason: String,
    },
    /// The endpoint gave none.
    #[error("the token endpoint {endpoint} answered {status}: {said}")]
    Refused {
        /// Where it is.
        endpoint: Uri,
        /// The HTTP status.
        status: StatusCode,
        /// The beginning of its answer.
        said: String,
    },
    /// The answer is not what RFC 6749 says.
    #[error("the token endpoint {endpoint} must answer with {rule}")]
    Malformed {
        /// Where it is.
        endpoint: Uri,
        /// What the answer lacks.
        rule: &'static str,
    },
}

/// Fetches tokens, and hands one out while most of its life is left.
#[derive(Debug)]
pub struct TokenSource {
    credentials: Credentials,
    last: Mutex<Option<Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    token: Token,
    until: DateTime<Utc>,
}

/// The answer of RFC 6749, section 5.1.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<f64>,
}

/// What is read of a JSON web token, which its receiver verifies.
#[derive(Deserialize, Default)]
struct Claims {
    sub: Option<String>,
    exp: Option<f64>,
}

impl TokenSource {
    /// A source; nothing is asked yet.
    #[must_use]
    pub const fn new(credentials: Credentials) -> Self {
        Self { credentials, last: Mutex::new(None) }
    }

    /// A token good at `now`. Blocks the thread for 10 s at most; callers at once wait for one answer.
    ///
    /// # Errors
    /// The endpoint is away, refuses, or answers with no token.
    pub fn token(&self, now: DateTime<Utc>) -> Result<Token, TokenError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = last.as_ref().filter(|kept| now < kept.until) {
            return Ok(kept.token.clone());
        }
        let token = self.fetch(now)?;
        let life = (token.expires_at - now).num_milliseconds() as f64;
        let until = now + TimeDelta::milliseconds((life * KEPT_OF_LIFE) as i64);
        *last = Some(Kept { token: token.clone(), until });
        Ok(token)
    }

    fn fetch(&self, now: DateTime<Utc>) -> Result<Token, TokenError> {
        let away = |reason: String| TokenError::Away { endpoint: self.credentials.endpoint.clone(), reason };
        // A thread of its own: whoever asks may be one of a runtime, which must not block.
        let (status, body) = std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let runtime = runtime.map_err(|error| error.to_string())?;
                runtime.block_on(async {
                    let answer = tokio::time::timeout(TIMEOUT, self.ask()).await;
                    answer.unwrap_or_else(|_| Err(format!("no answer within {} s", TIMEOUT.as_secs())))
                })
            });
            asking.join().unwrap_or_else(|_| Err("the question was abandoned".to_owned()))
        })
        .map_err(away)?;
        self.read(status, &body, now)
    }

    async fn ask(&self) -> Result<(StatusCode, Bytes), String> {
        let Credentials { endpoint, client_id, client_secret, scope, authorities } = &self.credentials;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if let Some(scope) = scope {
            form.append_pair("scope", scope);
        }
        // RFC 6749, section 2.3.1: both are encoded as form values before they are joined.
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let basic = STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(client_secret.expose())));
        let request = Request::builder()
            .method(Method::POST)
            .uri(endpoint)
            .header(AUTHORIZATION, format!("Basic {basic}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(Full::new(Bytes::from(form.finish())))
            .map_err(|error| error.to_string())?;
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        let secured = HttpsConnectorBuilder::new().with_tls_config(pem::client_config(authorities.as_ref()));
        let connector = secured.https_or_http().enable_http1().wrap_connector(connector);
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
        let response = client.request(request).await.map_err(|error| with_causes(&error))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        Ok((status, body.map_err(|error| error.to_string())?.to_bytes()))
    }

    fn read(&self, status: StatusCode, body: &[u8], now: DateTime<Utc>) -> Result<Token, TokenError> {
        let endpoint = || self.credentials.endpoint.clone();
        if !status.is_success() {
            let said = String::from_utf8_lossy(body);
            let said = said.chars().filter(|letter| !letter.is_control()).take(SAID_CHARS_MAX).collect();
            return Err(TokenError::Refused { endpoint: endpoint(), status, said });
        }
        let malformed = |rule| TokenError::Malformed { endpoint: endpoint(), rule };
        let answer: Answer = serde_json::from_slice(body).map_err(|_| malformed("a JSON object with access_token"))?;
        if answer.access_token.is_empty() || answer.access_token.contains('\0') {
            return Err(malformed("an access_token that is a text"));
        }
        let claims = claims(&answer.access_token);
        let life = answer.expires_in.or_else(|| Some(claims.exp? - now.timestamp() as f64));
        let life = life.ok_or_else(|| malformed("expires_in, or a token that says when it expires"))?;
        if !(1.0..=1e9).contains(&life) {
            return Err(malformed("a token that is good for a second or more"));
        }
        let expires_at = now + TimeDelta::milliseconds((life * 1000.0) as i64);
        let subject = claims.sub.filter(|sub| !sub.is_empty() && !sub.contains('\0'));
        let subject = subject.unwrap_or_else(|| self.credentials.client_id.clone());
        Ok(Token { text: answer.access_token, subject, expires_at })
    }
}

/// The claims of a JSON web token; none of another token.
fn claims(token: &str) -> Claims {
    let payload = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    payload.and_then(|payload| serde_json::from_slice(&payload).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::http::HeaderMap;
    use axum::routing::post;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::lifecycle;

    fn source(endpoint: String) -> TokenSource {
        TokenSource::new(Credentials {
            endpoint: endpoint.parse().unwrap(),
            client_id: "loupe".to_owned(),
            client_secret: Secret::new("s e:cret"),
            scope: Some("kafka".to_owned()),
            authorities: None,
        })
    }

    /// A token endpoint that answers what it is told and counts.
    async fn endpoint(status: u16, body: &'static str) -> (String, Arc<AtomicUsize>, CancellationToken) {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let answer = move |headers: HeaderMap, form: String| async move {
            count.fetch_add(1, Ordering::SeqCst);
            assert_eq!(form, "grant_type=client_credentials&scope=kafka");
            assert_eq!(headers["authorization"], format!("Basic {}", STANDARD.encode("loupe:s+e%3Acret")));
            (StatusCode::from_u16(status).unwrap(), body)
        };
        let listener = lifecycle::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let router = Router::new().route("/token", post(answer));
        tokio::spawn(lifecycle::serve(listener, router, shutdown.clone(), Duration::ZERO));
        (url, asked, shutdown)
    }

    async fn token(source: &Arc<TokenSource>, now: DateTime<Utc>) -> Result<Token, TokenError> {
        let source = Arc::clone(source);
        tokio::task::spawn_blocking(move || source.token(now)).await.unwrap()
    }

    #[tokio::test]
    async fn a_token_is_handed_out_again_until_most_of_its_life_is_over() {
        let (url, asked, _shutdown) = endpoint(200, r#"{"access_token":"opaque","expires_in":100}"#).await;
        let (source, begun) = (Arc::new(source(url)), DateTime::UNIX_EPOCH);
        let first = token(&source, begun).await.unwrap();
        assert_eq!((first.text.as_str(), first.subject.as_str()), ("opaque", "loupe"));
        assert_eq!(first.expires_at, begun + TimeDelta::seconds(100));
        token(&source, begun + TimeDelta::seconds(74)).await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let second = token(&source, begun + TimeDelta::seconds(76)).await.unwrap();
        assert_eq!((asked.load(Ordering::SeqCst), second.expires_at), (2, begun + TimeDelta::seconds(176)));
    }

    #[tokio::test]
    async fn a_refusal_says_what_the_endpoint_said() {
        let (url, _, _shutdown) = endpoint(401, "{\"error\":\"invalid_client\"}\n").await;
        let message = token(&Arc::new(source(url.clone())), DateTime::UNIX_EPOCH).await.unwrap_err().to_string();
        assert_eq!(
            message,
            format!("the token endpoint {url} answered 401 Unauthorized: {{\"error\":\"invalid_client\"}}")
        );
        let nobody = token(&Arc::new(source("http://127.0.0.1:1/".to_owned())), DateTime::UNIX_EPOCH).await;
        assert!(nobody.unwrap_err().to_string().contains("Connection refused"));
    }

    #[test]
    fn the_life_of_a_web_token_may_be_inside_it() {
        let source = source("https://id.example/token".to_owned());
        let payload = URL_SAFE_NO_PAD.encode(r#"{"sub":"loupe-projector","exp":500}"#);
        let body = format!(r#"{{"access_token":"e30.{payload}.x"}}"#);
        let token = source.read(StatusCode::OK, body.as_bytes(), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!((token.subject.as_str(), token.expires_at.timestamp()), ("loupe-projector", 500));
        for wrong in ["{}", "[]", r#"{"access_token":"opaque"}"#, r#"{"access_token":"","expires_in":9}"#] {
            let refused = source.read(StatusCode::OK, wrong.as_bytes(), DateTime::UNIX_EPOCH);
            assert!(matches!(refused, Err(TokenError::Malformed { .. })), "{wrong}");
        }
        assert!(!format!("{token:?}").contains(&token.text));
    }
}
