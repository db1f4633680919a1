//! An OAuth server: a token endpoint over TLS, and the keys by which its tokens are verified.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use loupe_service::clock;
use loupe_service::lifecycle::{self, Identity, Limits, Server};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::authority::Issued;

/// The `iss` of its tokens.
pub const ISSUER: &str = "https://id.test";
/// The `aud` of its tokens.
pub const AUDIENCE: &str = "loupe-kafka";
const KEY_ID: &str = "test-1";

/// A running OAuth server that knows one client; dropping it stops it.
#[derive(Debug)]
pub struct OAuthServer {
    /// The token endpoint.
    pub endpoint: String,
    /// A JSON web key set.
    pub keys: PathBuf,
    issued: Arc<AtomicUsize>,
    _stop: DropGuard,
}

struct Signer {
    key: EcdsaKeyPair,
    random: SystemRandom,
    /// `id:secret` of the client.
    client: String,
    life: Duration,
    issued: Arc<AtomicUsize>,
}

impl OAuthServer {
    /// Starts one whose tokens live for `life`.
    ///
    /// # Errors
    /// There is no randomness, no port, or a file cannot be written.
    pub async fn start(directory: &Path, identity: &Issued, client: &str, life: Duration) -> anyhow::Result<Self> {
        let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).map_err(|_| anyhow!("no randomness"))?;
        let key = EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &random).map_err(|error| anyhow!("{error}"))?;
        // An uncompressed point: a 4, then both coordinates.
        let (x, y) = key.public_key().as_ref().get(1..).context("no point")?.split_at(32);
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": KEY_ID,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        });
        let keys = directory.join("jwks.json");
        std::fs::write(&keys, json!({ "keys": [jwk] }).to_string())?;
        let issued = Arc::new(AtomicUsize::new(0));
        let signer = Signer { key, random, client: client.to_owned(), life, issued: Arc::clone(&issued) };
        let listener = lifecycle::bind(([127, 0, 0, 1], 0).into()).await?;
        let endpoint = format!("https://{}/token", listener.local_addr()?);
        let server = Server {
            router: Router::new().route("/token", post(token)).with_state(Arc::new(signer)),
            limits: Limits::default(),
            identity: Some(Identity::read(&identity.certificate, &identity.key)?),
            drain_timeout: Duration::ZERO,
        };
        let stop = CancellationToken::new();
        tokio::spawn(server.serve(listener, stop.clone()));
        Ok(Self { endpoint, keys, issued, _stop: stop.drop_guard() })
    }

    /// How many tokens it gave out.
    #[must_use]
    pub fn issued(&self) -> usize {
        self.issued.load(Ordering::SeqCst)
    }
}

async fn token(State(signer): State<Arc<Signer>>, headers: HeaderMap, form: String) -> (StatusCode, Json<Value>) {
    let basic = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    if basic != Some(STANDARD.encode(&signer.client).as_str()) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" })));
    }
    if !form.contains("grant_type=client_credentials") {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "unsupported_grant_type" })));
    }
    let (now, life) = (clock::now().timestamp(), signer.life.as_secs());
    let subject = signer.client.split(':').next();
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": KEY_ID });
    let claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + life as i64 });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let Ok(signature) = signer.key.sign(&signer.random, signed.as_bytes()) else {
        return (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "server_error" })));
    };
    signer.issued.fetch_add(1, Ordering::SeqCst);
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
    (StatusCode::OK, Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": life })))
}
