//! What librdkafka asks of a client's owner, and tells.

use std::error::Error;
use std::ffi::CString;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::bindings;
use rdkafka::client::{Client, ClientContext, OAuthToken};
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;

use super::Properties;
use crate::clock;
use crate::oauth::TokenSource;

/// A connection that failed is tried again within seconds: a reason that old is not why anything fails now.
const TROUBLE_MAX: Duration = Duration::from_secs(60);
const MESSAGE_BYTES: usize = 512;

/// Gives a client its tokens, writes librdkafka's log to ours, and remembers what was last wrong with its connections,
/// of which librdkafka's errors say no more than that no broker answers.
#[derive(Debug, Clone, Default)]
pub struct Context {
    tokens: Option<Arc<TokenSource>>,
    trouble: Arc<Mutex<Option<(Instant, String)>>>,
}

impl Context {
    /// The context of a client with these properties; its clones remember together.
    #[must_use]
    pub fn new(properties: &Properties) -> Self {
        Self { tokens: properties.tokens().cloned(), trouble: Arc::default() }
    }

    /// What was wrong with the connections in the last minute: an unknown issuer, a wrong password.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.as_ref().filter(|(at, _)| at.elapsed() < TROUBLE_MAX).map(|(_, reason)| reason.clone())
    }

    /// An error, and what was wrong with the connections.
    #[must_use]
    pub fn because(&self, error: &KafkaError) -> String {
        match self.trouble() {
            Some(reason) => format!("{error}: {reason}"),
            None => error.to_string(),
        }
    }

    /// Forgets what was wrong, because it is not any more.
    pub fn is_well(&self) {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn token(&self) -> Result<OAuthToken, Box<dyn Error>> {
        let tokens = self.tokens.as_ref().ok_or("OAUTHBEARER needs `sasl.oauthbearer.method` `oidc`")?;
        let token = tokens.token(clock::now()).inspect_err(|error| {
            tracing::warn!(target: "librdkafka", %error, "no token");
            self.remember(error.to_string());
        })?;
        Ok(OAuthToken {
            token: token.text,
            principal_name: token.subject,
            lifetime_ms: token.expires_at.timestamp_millis(),
        })
    }

    fn remember(&self, reason: String) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), reason));
    }
}

impl ClientContext for Context {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
                tracing::error!(target: "librdkafka", facility, "{message}");
            }
            RDKafkaLogLevel::Error | RDKafkaLogLevel::Warning => {
                tracing::warn!(target: "librdkafka", facility, "{message}");
            }
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => {
                tracing::debug!(target: "librdkafka", facility, "{message}");
            }
        }
    }

    /// A lost connection, which librdkafka mends by itself; that all are lost says nothing of why.
    fn error(&self, error: KafkaError, reason: &str) {
        tracing::warn!(target: "librdkafka", %error, "{reason}");
        let is_summary = error.rdkafka_error_code() == Some(rdkafka::types::RDKafkaErrorCode::AllBrokersDown);
        if !is_summary {
            self.remember(reason.to_owned());
        }
    }

    fn generate_oauth_token(&self, _: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        self.token()
    }
}

impl ConsumerContext for Context {}

/// Gives a client that nobody polls its first token at once, as an administrative one: librdkafka asks for tokens where
/// clients are polled, and the library polls those for their own answers only. Does nothing without tokens.
///
/// # Errors
/// There is no token, or librdkafka refuses it.
#[expect(unsafe_code, reason = "the library has no call for it")]
pub fn give_token(client: &Client<Context>) -> Result<(), KafkaError> {
    if client.context().tokens.is_none() {
        return Ok(());
    }
    let refused = |reason: String| KafkaError::ClientCreation(reason);
    let token = client.context().token().map_err(|error| refused(error.to_string()))?;
    let no_zero = |text: String| CString::new(text).map_err(|_| refused("a token holds a zero byte".to_owned()));
    let (value, principal) = (no_zero(token.token)?, no_zero(token.principal_name)?);
    let mut message = [0_u8; MESSAGE_BYTES];
    // SAFETY: the client lives, the texts end in zero and outlive the call, and the message has the length it says.
    let code = unsafe {
        bindings::rd_kafka_oauthbearer_set_token(
            client.native_ptr(),
            value.as_ptr(),
            token.lifetime_ms,
            principal.as_ptr(),
            std::ptr::null_mut(),
            0,
            message.as_mut_ptr().cast(),
            message.len(),
        )
    };
    if code == bindings::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
        return Ok(());
    }
    let said = message.split(|byte| *byte == 0).next().unwrap_or_default();
    Err(refused(String::from_utf8_lossy(said).into_owned()))
}
