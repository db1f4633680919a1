//! One JSON value as one typed value, and back.

use chrono::DateTime;
use serde_json::{Number, Value};
use uuid::Uuid;

use super::node::Node;
use crate::Text;
use crate::event::{
    CacheStatus, DenyReason, Destination, DownloadKind, EndReason, EventType, IdentifiedBy, MediaKind, Opener, Purpose,
    Rendition, Role,
};
use crate::ids::{
    AccountId, BootId, ClientId, CollectionId, DownloadId, EventId, GalleryId, LinkId, ListId, MediaId,
    OPAQUE_ID_BYTES_MAX, VisitorId,
};
use crate::rules::Code;
use crate::symbol::Symbol;
use crate::time::Micros;

/// Why a value is not what its field holds; the reader adds which field.
pub(super) struct Wrong {
    pub(super) code: Code,
    pub(super) message: String,
}

impl Wrong {
    fn invalid(message: impl Into<String>) -> Self {
        Self { code: Code::InvalidValue, message: message.into() }
    }

    fn out_of_range(message: impl Into<String>) -> Self {
        Self { code: Code::OutOfRange, message: message.into() }
    }
}

/// A value that one JSON value can hold.
pub(super) trait FromJson: Sized {
    /// Reads the value; `null` never gets here.
    fn from_json(value: Node<'_>) -> Result<Self, Wrong>;
}

/// A value that one JSON value can hold, written.
pub(super) trait ToJson {
    /// Writes the value so that [`FromJson`] reads it back.
    fn to_json(&self) -> Value;
}

impl FromJson for bool {
    fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
        value.as_bool().ok_or_else(|| Wrong::invalid("must be true or false"))
    }
}

impl ToJson for bool {
    fn to_json(&self) -> Value {
        Value::Bool(*self)
    }
}

macro_rules! texts {
    ($($text:ident),+) => {
        $(
            impl FromJson for $text {
                fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
                    text(value).map(Self::from)
                }
            }

            impl ToJson for $text {
                fn to_json(&self) -> Value {
                    Value::from(self.as_str())
                }
            }
        )+
    };
}

texts!(String, Text);

fn text(value: Node<'_>) -> Result<&str, Wrong> {
    value.as_str().ok_or_else(|| Wrong::invalid("must be a string"))
}

impl FromJson for f64 {
    fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
        value.as_number().and_then(Number::as_f64).ok_or_else(|| Wrong::invalid("must be a number"))
    }
}

impl ToJson for f64 {
    fn to_json(&self) -> Value {
        serde_json::Number::from_f64(*self).map_or(Value::Null, Value::Number)
    }
}

/// An integer that `narrow` takes, described by its `bounds`.
fn integer<T>(value: Node<'_>, narrow: impl Fn(i128) -> Option<T>, bounds: &str) -> Result<T, Wrong> {
    let number = value.as_number().ok_or_else(|| Wrong::invalid(format!("must be an integer {bounds}")))?;
    let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match exact {
        Some(exact) => narrow(exact).ok_or_else(|| Wrong::out_of_range(format!("must be an integer {bounds}"))),
        // Integers beyond 64 bits are read as floating point, whose like has no fraction.
        None if number.as_f64().is_some_and(|float| float.abs() >= 9.2e18) => {
            Err(Wrong::out_of_range(format!("must be an integer {bounds}")))
        }
        None => Err(Wrong::invalid(format!("must be an integer {bounds}, without a fraction"))),
    }
}

macro_rules! integers {
    ($($int:ty: $bounds:literal),+ $(,)?) => {
        $(
            impl FromJson for $int {
                fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
                    integer(value, |exact| Self::try_from(exact).ok(), $bounds)
                }
            }

            impl ToJson for $int {
                fn to_json(&self) -> Value {
                    Value::from(*self)
                }
            }
        )+
    };
}

integers! {
    u16: "from 0 to 65535",
    u32: "from 0 to 4294967295",
    u64: "from 0 to 2^64 - 1",
    i64: "from -2^63 to 2^63 - 1",
}

macro_rules! numeric_ids {
    ($($id:ident),+) => {
        $(
            impl FromJson for $id {
                fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
                    id64(value).map(Self)
                }
            }

            impl ToJson for $id {
                fn to_json(&self) -> Value {
                    Value::from(self.0)
                }
            }
        )+
    };
}

numeric_ids!(AccountId, CollectionId, GalleryId, MediaId);

/// A 64-bit id: a number, or its decimal digits for writers whose numbers are floating point.
fn id64(value: Node<'_>) -> Result<u64, Wrong> {
    const EXPECTED: &str = "must be a 64-bit id: an integer from 0 to 2^64 - 1, or its decimal digits in a string";
    let Some(digits) = value.as_str() else {
        return u64::from_json(value).map_err(|wrong| Wrong { code: wrong.code, message: EXPECTED.to_owned() });
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Wrong::invalid(EXPECTED));
    }
    digits.parse().map_err(|_| Wrong::out_of_range(EXPECTED))
}

macro_rules! uuid_ids {
    ($($id:ident),+) => {
        $(
            impl FromJson for $id {
                fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
                    let parsed = value.as_str().and_then(|text| Uuid::try_parse(text).ok());
                    parsed.map(Self).ok_or_else(|| Wrong::invalid("must be a UUID in a string"))
                }
            }

            impl ToJson for $id {
                fn to_json(&self) -> Value {
                    Value::String(self.0.to_string())
                }
            }
        )+
    };
}

uuid_ids!(EventId, DownloadId, BootId);

macro_rules! opaque_ids {
    ($($id:ident),+) => {
        $(
            impl FromJson for $id {
                fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
                    let expected = || Wrong::invalid(format!("must be a string of 1 to {OPAQUE_ID_BYTES_MAX} bytes"));
                    value.as_str().and_then(Self::new).ok_or_else(expected)
                }
            }

            impl ToJson for $id {
                fn to_json(&self) -> Value {
                    Value::String(self.as_str().to_owned())
                }
            }
        )+
    };
}

opaque_ids!(ClientId, VisitorId, ListId, LinkId);

impl FromJson for Micros {
    fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
        const EXPECTED: &str = "must be an RFC 3339 time with an offset, or integer microseconds since 1970-01-01 UTC";
        match value.as_str() {
            Some(text) => {
                let parsed = DateTime::parse_from_rfc3339(text);
                parsed.map(|time| Self(time.timestamp_micros())).map_err(|_| Wrong::invalid(EXPECTED))
            }
            None => i64::from_json(value)
                .map(Self)
                .map_err(|wrong| Wrong { code: wrong.code, message: EXPECTED.to_owned() }),
        }
    }
}

impl ToJson for Micros {
    fn to_json(&self) -> Value {
        let printed = self.to_string();
        // A year beyond 9999 has no RFC 3339 form; microseconds always have one.
        match DateTime::parse_from_rfc3339(&printed) {
            Ok(_) => Value::String(printed),
            Err(_) => Value::from(self.0),
        }
    }
}

/// A byte field: lower-case hexadecimal (rule 17).
impl FromJson for Vec<u8> {
    fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
        let text = value.as_str().filter(|text| !text.bytes().any(|byte| byte.is_ascii_uppercase()));
        text.and_then(|text| hex::decode(text).ok())
            .ok_or_else(|| Wrong::invalid("must be bytes in lower-case hexadecimal (rule 17)"))
    }
}

impl ToJson for Vec<u8> {
    fn to_json(&self) -> Value {
        Value::String(hex::encode(self))
    }
}

impl FromJson for EventType {
    fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
        let name = text(value)?;
        Self::parse(name).ok_or_else(|| Wrong::invalid(format!("`{name}` is no event type (rule 97)")))
    }
}

/// Symbols whose default is only what Avro makes of a symbol it does not know; JSON has no word for it (rule 97).
trait Listed: Symbol {
    /// The symbol that JSON does not list, when there is one.
    const UNLISTED: Option<Self>;
}

macro_rules! symbols_in_json {
    ($($name:ident: $unlisted:expr),+ $(,)?) => {
        $(
            impl Listed for $name {
                const UNLISTED: Option<Self> = $unlisted;
            }

            impl FromJson for $name {
                fn from_json(value: Node<'_>) -> Result<Self, Wrong> {
                    symbol(value)
                }
            }

            impl ToJson for $name {
                fn to_json(&self) -> Value {
                    Value::from(self.as_str())
                }
            }
        )+
    };
}

symbols_in_json! {
    Role: None,
    IdentifiedBy: None,
    Destination: None,
    Purpose: None,
    Opener: None,
    MediaKind: Some(Self::Unknown),
    DownloadKind: Some(Self::Unknown),
    Rendition: Some(Self::Unknown),
    EndReason: Some(Self::Unknown),
    CacheStatus: Some(Self::Unknown),
    DenyReason: Some(Self::Unknown),
}

fn symbol<T: Listed>(value: Node<'_>) -> Result<T, Wrong> {
    let listed = |symbol: &T| Some(*symbol) != T::UNLISTED;
    value.as_str().and_then(T::from_text).filter(listed).ok_or_else(|| {
        let words: Vec<_> = T::SYMBOLS.iter().filter(|symbol| listed(symbol)).map(|symbol| symbol.text()).collect();
        Wrong::invalid(format!("must be one of {} (rule 97)", words.join(", ")))
    })
}
