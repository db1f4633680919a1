//! What can go wrong: for the process that serves, and for a client that asks.

use std::fmt;
use std::io;
use std::path::PathBuf;

use axum::http::StatusCode;

use crate::ffi::EngineError;

/// Why an engine could not be opened or served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data directory cannot be created.
    #[error("cannot create the data directory {path}: {source}")]
    DataDirectory {
        /// The directory.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The shared library cannot be loaded.
    #[error("cannot load the engine from {path}: {reason}")]
    Load {
        /// The library's file.
        path: PathBuf,
        /// The loader's reason.
        reason: String,
    },
    /// The engine refuses to open the data directory.
    #[error("cannot open {path}: {reason}")]
    Open {
        /// The data directory.
        path: PathBuf,
        /// The engine's reason.
        reason: String,
    },
    /// The server cannot prove itself.
    #[error(transparent)]
    Identity(#[from] loupe_service::lifecycle::IdentityError),
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] io::Error),
}

/// An error as ClickHouse reports it: a numeric code and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exception {
    code: u32,
    message: String,
}

/// The codes that this front itself raises, numbered and named as in ClickHouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    BadArguments = 36,
    SyntaxError = 62,
    UnknownCompressionMethod = 89,
    UnknownSetting = 115,
    Readonly = 164,
    TooManySimultaneousQueries = 202,
    NetworkError = 210,
    QueryIsTooLarge = 229,
    CannotDecompress = 271,
    LimitExceeded = 290,
    SessionNotFound = 372,
    SessionIsLocked = 373,
    InvalidSessionTimeout = 374,
    AuthenticationFailed = 516,
    UnknownException = 1002,
}

impl Code {
    fn name(self) -> &'static str {
        match self {
            Self::BadArguments => "BAD_ARGUMENTS",
            Self::SyntaxError => "SYNTAX_ERROR",
            Self::UnknownCompressionMethod => "UNKNOWN_COMPRESSION_METHOD",
            Self::UnknownSetting => "UNKNOWN_SETTING",
            Self::Readonly => "READONLY",
            Self::TooManySimultaneousQueries => "TOO_MANY_SIMULTANEOUS_QUERIES",
            Self::NetworkError => "NETWORK_ERROR",
            Self::QueryIsTooLarge => "QUERY_IS_TOO_LARGE",
            Self::CannotDecompress => "CANNOT_DECOMPRESS",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::SessionNotFound => "SESSION_NOT_FOUND",
            Self::SessionIsLocked => "SESSION_IS_LOCKED",
            Self::InvalidSessionTimeout => "INVALID_SESSION_TIMEOUT",
            Self::AuthenticationFailed => "AUTHENTICATION_FAILED",
            Self::UnknownException => "UNKNOWN_EXCEPTION",
        }
    }
}

impl Exception {
    /// An error of this front, worded as the engine words its own.
    pub(crate) fn new(code: Code, reason: impl fmt::Display) -> Self {
        let number = code as u32;
        Self { code: number, message: format!("Code: {number}. DB::Exception: {reason}. ({})", code.name()) }
    }

    /// ClickHouse's number of the error.
    pub(crate) fn code(&self) -> u32 {
        self.code
    }

    /// The text as a server of `version` writes it, with the line's end.
    pub(crate) fn text(&self, version: &str) -> String {
        // The engine signs its own errors.
        if self.message.contains(" (version ") {
            return format!("{}\n", self.message);
        }
        format!("{} (version {version})\n", self.message)
    }

    /// The status with which ClickHouse answers an error of this code.
    pub(crate) fn status(&self) -> StatusCode {
        match self.code {
            194 => StatusCode::UNAUTHORIZED,
            192 | 193 | 497 | 512 | 516 => StatusCode::FORBIDDEN,
            6 | 8 | 15 | 25 | 26 | 27 | 36 | 37 | 38 | 41 | 44 | 53 | 62 | 72 | 117 | 123 | 167 | 168 | 223 | 321
            | 376 | 427 | 441 | 675 | 676 => StatusCode::BAD_REQUEST,
            46 | 47 | 50 | 56 | 60 | 63 | 73 | 78 | 81 | 115 | 152 | 336 | 511 => StatusCode::NOT_FOUND,
            229 => StatusCode::PAYLOAD_TOO_LARGE,
            48 => StatusCode::NOT_IMPLEMENTED,
            76 | 209 | 439 => StatusCode::SERVICE_UNAVAILABLE,
            381 => StatusCode::LENGTH_REQUIRED,
            159 => StatusCode::REQUEST_TIMEOUT,
            779 => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Exception {}

impl From<EngineError> for Exception {
    fn from(EngineError(message): EngineError) -> Self {
        let code =
            message.strip_prefix("Code: ").and_then(|rest| rest.split_once('.')).and_then(|(n, _)| n.parse().ok());
        match code {
            Some(code) => Self { code, message: message.trim_end().to_owned() },
            None => Self::new(Code::UnknownException, message.trim_end()),
        }
    }
}

/// An error that travelled through [`io::Read`] comes out as it went in; any other is the data's.
impl From<io::Error> for Exception {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(exception) => exception,
            Err(error) => Self::new(Code::CannotDecompress, error),
        }
    }
}

impl From<Exception> for io::Error {
    fn from(exception: Exception) -> Self {
        Self::other(exception)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_errors_keep_their_code_and_text() {
        let error = Exception::from(EngineError("Code: 60. DB::Exception: Unknown table t. (UNKNOWN_TABLE)\n".into()));
        assert_eq!((error.code(), error.status()), (60, StatusCode::NOT_FOUND));
        assert_eq!(
            error.text("26.7.2.1"),
            "Code: 60. DB::Exception: Unknown table t. (UNKNOWN_TABLE) (version 26.7.2.1)\n"
        );
        let signed = Exception::from(EngineError("Code: 60. DB::Exception: t. (UNKNOWN_TABLE) (version 1.2)".into()));
        assert_eq!(signed.text("26.7.2.1"), "Code: 60. DB::Exception: t. (UNKNOWN_TABLE) (version 1.2)\n");
    }

    #[test]
    fn an_error_without_a_code_is_unknown() {
        let error = Exception::from(EngineError("lost".into()));
        assert_eq!(error.to_string(), "Code: 1002. DB::Exception: lost. (UNKNOWN_EXCEPTION)");
        assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn an_exception_survives_a_reader() {
        let error = Exception::new(Code::LimitExceeded, "too long");
        assert_eq!(Exception::from(io::Error::from(error.clone())), error);
        assert_eq!(Exception::from(io::Error::other("corrupt")).code(), 271);
    }
}
