//! What a request asks for, apart from its body.

use std::time::Duration;

use axum::http::{HeaderMap, Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::compression::Encoding;
use crate::errors::{Code, Exception};
use crate::ffi::Parameter;
use crate::sessions::{SessionRequest, TIMEOUT_DEFAULT, TIMEOUT_MAX};

/// Fields of a URL that are no settings of the engine.
const RESERVED: [&str; 24] = [
    "add_http_cors_header",
    "buffer_size",
    "client_protocol_version",
    "close_session",
    "compress",
    "database",
    "decompress",
    "default_format",
    "enable_http_compression",
    "framed_response",
    "http_headers_progress_interval_ms",
    "log_comment",
    "password",
    "query",
    "query_id",
    "quota_key",
    "readonly",
    "role",
    "send_progress_in_http_headers",
    "session_check",
    "session_id",
    "session_timeout",
    "stacktrace",
    "user",
];
const WAIT_END_OF_QUERY: &str = "wait_end_of_query";
const PARAMETER_PREFIX: &str = "param_";

/// A request as its URL and headers state it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The statement's beginning; the body continues it.
    pub(crate) query: String,
    pub(crate) query_id: Option<String>,
    /// The result's format when the statement names none.
    pub(crate) default_format: String,
    pub(crate) database: Option<String>,
    pub(crate) session: Option<SessionRequest>,
    /// Settings of the engine for this statement alone.
    pub(crate) settings: Vec<(String, String)>,
    /// Values for `{name:Type}`.
    pub(crate) parameters: Vec<Parameter>,
    /// Only statements that leave no trace may run: a GET must be safe to repeat.
    pub(crate) is_read_only: bool,
    /// Answer when the result is complete, so that an error of its last row still gets a status.
    pub(crate) waits_for_end: bool,
    pub(crate) body_encoding: Encoding,
    pub(crate) answer_encoding: Encoding,
    /// The user named, in whichever of the three ways.
    pub(crate) user: Option<String>,
    /// The password given, likewise.
    pub(crate) password: Option<String>,
}

impl Request {
    /// Reads `fields` (of the URL, then of a form) and `headers`; of a field given twice the last counts.
    pub(crate) fn parse(
        method: &Method,
        fields: Vec<(String, String)>,
        headers: &HeaderMap,
    ) -> Result<Self, Exception> {
        let field = |name: &str| {
            let value = fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
            value.filter(|value| !value.is_empty())
        };
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let is_on = |name: &str| field(name).is_some_and(is_true);
        let owned = |value: Option<&str>| value.map(str::to_owned);
        Ok(Self {
            query: field("query").unwrap_or_default().to_owned(),
            query_id: owned(field("query_id")),
            default_format: field("default_format")
                .or_else(|| header("x-clickhouse-format"))
                .unwrap_or("TabSeparated")
                .to_owned(),
            database: owned(field("database").or_else(|| header("x-clickhouse-database"))),
            session: session(&field)?,
            settings: settings(&fields)?,
            parameters: fields.iter().filter_map(parameter).collect(),
            is_read_only: *method != Method::POST || field("readonly").is_some_and(|value| value != "0"),
            waits_for_end: is_on(WAIT_END_OF_QUERY),
            body_encoding: body_encoding(is_on("decompress"), header(header::CONTENT_ENCODING.as_str()))?,
            answer_encoding: match header(header::ACCEPT_ENCODING.as_str()) {
                _ if is_on("compress") => Encoding::Blocks,
                Some(accepted) if field("enable_http_compression").is_none_or(is_true) => Encoding::accepted(accepted),
                _ => Encoding::Identity,
            },
            user: owned(field("user").or_else(|| header("x-clickhouse-user"))).or_else(|| Some(basic(headers)?.0)),
            password: owned(field("password").or_else(|| header("x-clickhouse-key")))
                .or_else(|| Some(basic(headers)?.1)),
        })
    }
}

fn is_true(value: &str) -> bool {
    matches!(value, "1" | "true")
}

fn body_encoding(is_in_blocks: bool, content_encoding: Option<&str>) -> Result<Encoding, Exception> {
    if is_in_blocks {
        return Ok(Encoding::Blocks);
    }
    let name = content_encoding.unwrap_or_default();
    let unknown = || Exception::new(Code::UnknownCompressionMethod, format!("Unknown Content-Encoding {name}"));
    Encoding::from_name(name).ok_or_else(unknown)
}

fn parameter((name, value): &(String, String)) -> Option<Parameter> {
    name.strip_prefix(PARAMETER_PREFIX).map(|name| (name.to_owned(), value.clone()))
}

/// What is neither reserved nor a parameter is a setting; its name goes into a statement, so it must be a name.
fn settings(fields: &[(String, String)]) -> Result<Vec<(String, String)>, Exception> {
    let settings = fields.iter().filter(|(name, _)| {
        !name.starts_with(PARAMETER_PREFIX) && !RESERVED.contains(&name.as_str()) && name != WAIT_END_OF_QUERY
    });
    settings
        .map(|(name, value)| {
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            match is_name {
                true => Ok((name.clone(), value.clone())),
                false => Err(Exception::new(Code::UnknownSetting, format!("Unknown setting '{name}'"))),
            }
        })
        .collect()
}

fn session<'f>(field: &impl Fn(&str) -> Option<&'f str>) -> Result<Option<SessionRequest>, Exception> {
    let Some(id) = field("session_id") else { return Ok(None) };
    let timeout = match field("session_timeout") {
        None => TIMEOUT_DEFAULT,
        Some(text) => {
            let timeout = text.parse().ok().map(Duration::from_secs).filter(|timeout| *timeout <= TIMEOUT_MAX);
            let reason = || format!("Invalid session timeout: '{text}', the maximum is {} s", TIMEOUT_MAX.as_secs());
            timeout.ok_or_else(|| Exception::new(Code::InvalidSessionTimeout, reason()))?
        }
    };
    Ok(Some(SessionRequest {
        id: id.to_owned(),
        timeout,
        must_exist: field("session_check").is_some_and(is_true),
        close: field("close_session").is_some_and(is_true),
    }))
}

/// User and password of an `Authorization: Basic` header.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(method: Method, url: &str, headers: &[(&'static str, &str)]) -> Result<Request, Exception> {
        let fields = form_urlencoded::parse(url.as_bytes()).into_owned().collect();
        let headers = headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()));
        Request::parse(&method, fields, &headers.collect())
    }

    #[test]
    fn fields_are_settings_unless_known() {
        let request = parse(Method::POST, "query=SELECT+1&max_threads=2&param_x=a%09b&query_id=q", &[]).unwrap();
        assert_eq!(request.settings, [("max_threads".to_owned(), "2".to_owned())]);
        assert_eq!(request.parameters, [("x".to_owned(), "a\tb".to_owned())]);
        assert_eq!((request.query.as_str(), request.query_id.as_deref()), ("SELECT 1", Some("q")));
        assert_eq!(parse(Method::POST, "a'b=1", &[]).unwrap_err().code(), 115);
    }

    #[test]
    fn only_a_post_may_write() {
        assert!(parse(Method::GET, "", &[]).unwrap().is_read_only);
        assert!(parse(Method::POST, "readonly=1", &[]).unwrap().is_read_only);
        assert!(!parse(Method::POST, "readonly=0", &[]).unwrap().is_read_only);
    }

    #[test]
    fn the_last_of_a_repeated_field_counts() {
        assert_eq!(parse(Method::GET, "database=a&database=b", &[]).unwrap().database.as_deref(), Some("b"));
    }

    #[test]
    fn a_session_may_live_an_hour() {
        let session = parse(Method::POST, "session_id=s&session_timeout=3600", &[]).unwrap().session.unwrap();
        assert_eq!(session.timeout, TIMEOUT_MAX);
        for timeout in ["3601", "-1", "x"] {
            let url = format!("session_id=s&session_timeout={timeout}");
            assert_eq!(parse(Method::POST, &url, &[]).unwrap_err().code(), 374, "{timeout}");
        }
    }

    #[test]
    fn blocks_go_before_http_encodings() {
        let gzip = [("accept-encoding", "gzip"), ("content-encoding", "gzip")];
        let plain = parse(Method::POST, "", &gzip).unwrap();
        assert_eq!((plain.body_encoding, plain.answer_encoding), (Encoding::Gzip, Encoding::Gzip));
        let blocks = parse(Method::POST, "compress=1&decompress=1", &gzip).unwrap();
        assert_eq!((blocks.body_encoding, blocks.answer_encoding), (Encoding::Blocks, Encoding::Blocks));
        assert_eq!(parse(Method::POST, "", &[("content-encoding", "br")]).unwrap_err().code(), 89);
    }

    #[test]
    fn user_and_password_come_in_three_ways() {
        let ways = [
            parse(Method::GET, "user=u&password=p", &[]),
            parse(Method::GET, "", &[("x-clickhouse-user", "u"), ("x-clickhouse-key", "p")]),
            parse(Method::GET, "", &[("authorization", "Basic dTpw")]),
        ];
        for request in ways {
            let request = request.unwrap();
            assert_eq!((request.user.as_deref(), request.password.as_deref()), (Some("u"), Some("p")));
        }
    }
}
