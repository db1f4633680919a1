//! How single values travel: what Avro holds, and what the event makes of it.

use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::Text;
use crate::ids::OPAQUE_ID_BYTES_MAX;
use crate::rules::{Code, Violation};
use crate::symbol::Symbol;

/// A UUID in its 36-character form; `None` when the text read is no UUID, so that the field can be named.
pub(super) struct UuidText(Option<Uuid>);

impl UuidText {
    /// A UUID to write.
    pub(super) const fn new(uuid: Uuid) -> Self {
        Self(Some(uuid))
    }

    /// The UUID read.
    pub(super) fn get(&self, field: &str) -> Result<Uuid, Violation> {
        self.0.ok_or_else(|| Violation::new(Code::InvalidValue, field, "must be a UUID in a string"))
    }
}

impl Serialize for UuidText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut buffer = Uuid::encode_buffer();
        serializer.serialize_str(self.0.unwrap_or_default().hyphenated().encode_lower(&mut buffer))
    }
}

impl<'de> Deserialize<'de> for UuidText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfText;
        impl Visitor<'_> for OfText {
            type Value = UuidText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a UUID")
            }

            fn visit_str<E>(self, text: &str) -> Result<UuidText, E> {
                Ok(UuidText(Uuid::try_parse(text).ok()))
            }
        }
        deserializer.deserialize_str(OfText)
    }
}

/// A symbol of an Avro enum; one the reader does not know becomes the default (rule 97).
#[derive(Clone, Copy)]
pub(super) struct Enum<T>(pub(super) T);

impl<T: Symbol> Default for Enum<T> {
    fn default() -> Self {
        Self(T::default())
    }
}

impl<T: Symbol> Serialize for Enum<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.text())
    }
}

impl<'de, T: Symbol> Deserialize<'de> for Enum<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word<T>(std::marker::PhantomData<T>);
        impl<T: Symbol> Visitor<'_> for Word<T> {
            type Value = Enum<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a symbol")
            }

            fn visit_str<E>(self, text: &str) -> Result<Enum<T>, E> {
                Ok(Enum(T::from_text(text).unwrap_or_default()))
            }
        }
        deserializer.deserialize_str(Word(std::marker::PhantomData))
    }
}

/// Avro `bytes`, which serde would otherwise write as a sequence of numbers.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(super) struct Bytes<'a>(#[serde(borrow)] pub(super) &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// The long with the same 64 bits as an id.
pub(super) const fn id_to_long(id: u64) -> i64 {
    id.cast_signed()
}

/// The id with the same 64 bits as a long.
pub(super) const fn id_from_long(long: i64) -> u64 {
    long.cast_unsigned()
}

/// A size to write; Avro has no larger integer.
pub(super) fn size_to_long(field: &str, size: u64) -> Result<i64, Violation> {
    i64::try_from(size).map_err(|_| Violation::new(Code::OutOfRange, field, "must not exceed 2^63 - 1"))
}

/// A size that may be absent, to write.
pub(super) fn size_to_optional_long(field: &str, size: Option<u64>) -> Result<Option<i64>, Violation> {
    size.map(|size| size_to_long(field, size)).transpose()
}

/// An unsigned integer read.
pub(super) fn from_long<T: TryFrom<i64>>(field: &str, long: i64) -> Result<T, Violation> {
    T::try_from(long).map_err(|_| {
        let bits = std::mem::size_of::<T>() * 8;
        Violation::new(Code::OutOfRange, field, format!("must be an integer from 0 that {bits} bits hold"))
    })
}

/// An unsigned integer that may be absent, read.
pub(super) fn from_optional_long<T: TryFrom<i64>>(field: &str, long: Option<i64>) -> Result<Option<T>, Violation> {
    long.map(|long| from_long(field, long)).transpose()
}

/// An opaque id read, by the constructor of its type.
pub(super) fn opaque<T>(field: &str, text: &str, new: impl Fn(Text) -> Option<T>) -> Result<T, Violation> {
    new(Text::from(text)).ok_or_else(|| {
        let message = format!("must be a string of 1 to {OPAQUE_ID_BYTES_MAX} bytes");
        Violation::new(Code::InvalidValue, field, message)
    })
}

/// An opaque id that may be absent, read.
pub(super) fn optional_opaque<T>(
    field: &str,
    text: Option<&str>,
    new: impl Fn(Text) -> Option<T>,
) -> Result<Option<T>, Violation> {
    text.map(|text| opaque(field, text, new)).transpose()
}
