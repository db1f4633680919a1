//! Deserializing a struct from two layers, remembering for each field which layer its value came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer, StringDeserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::secret::{self, read_secret};
use super::{ConfigError, Source};

/// Ends the name of a field that says where the secret is.
const FILE_SUFFIX: &str = "_file";

/// The layers of one configuration.
pub(super) struct Layers<'a> {
    pub(super) prefix: &'a str,
    /// Values of the environment by field name; they win.
    pub(super) variables: BTreeMap<String, String>,
    /// Values of the file by field name.
    pub(super) table: toml::Table,
    pub(super) path: Option<PathBuf>,
}

impl Layers<'_> {
    /// The struct, and the source of every field that has one.
    pub(super) fn deserialize<T: DeserializeOwned>(self) -> Result<(T, BTreeMap<String, Source>), ConfigError> {
        let mut origins = BTreeMap::new();
        for field in self.table.keys() {
            origins.insert(field.clone(), Source::File(self.path.clone().unwrap_or_default()));
        }
        for field in self.variables.keys() {
            origins.insert(field.clone(), Source::Env(self.variable_of(field)));
        }
        let prefix = self.prefix.to_owned();
        match T::deserialize(self) {
            Ok(config) => Ok((config, origins)),
            Err(FieldError::Missing(field)) => {
                let variable = format!("{prefix}_{}", field.to_ascii_uppercase());
                Err(ConfigError::Missing { field: field.to_owned(), variable })
            }
            Err(FieldError::Broken { field, rule }) => {
                let origin = origin_of(&origins, &field);
                Err(ConfigError::Field { field, origin, rule })
            }
        }
    }

    fn variable_of(&self, field: &str) -> String {
        format!("{}_{}", self.prefix, field.to_ascii_uppercase())
    }

    /// One value per field, the environment's where both have one.
    fn merged(self, fields: &[&str]) -> Result<Vec<(String, Layered)>, FieldError> {
        let table = self.table.into_iter().map(|(field, value)| (field, Layered::File(value)));
        let mut merged = with_secret_files(table, fields)?;
        let variables = self.variables.into_iter().map(|(field, text)| (field, Layered::Env(text)));
        merged.extend(with_secret_files(variables, fields)?);
        if let Some(unknown) = merged.keys().find(|field| !fields.contains(&field.as_str())) {
            let rule = format!("is unknown; the fields are {}", fields.join(", "));
            return Err(FieldError::Broken { field: unknown.clone(), rule });
        }
        Ok(merged.into_iter().collect())
    }
}

/// Where the value of a field came from: its own name, or that of the file its secret is in. The environment wins.
pub(super) fn origin_of(origins: &BTreeMap<String, Source>, field: &str) -> Source {
    let named = [field.to_owned(), format!("{field}{FILE_SUFFIX}")];
    let found = named.iter().filter_map(|name| origins.get(name));
    let found = found.min_by_key(|origin| !matches!(origin, Source::Env(_)));
    found.cloned().unwrap_or(Source::Default)
}

/// One layer, in which `password_file` names the file that holds `password`, unless the struct has such a field itself.
fn with_secret_files(
    layer: impl Iterator<Item = (String, Layered)>,
    fields: &[&str],
) -> Result<BTreeMap<String, Layered>, FieldError> {
    let mut values = BTreeMap::new();
    for (name, value) in layer {
        let secret = name.strip_suffix(FILE_SUFFIX).filter(|secret| fields.contains(secret));
        let Some(field) = secret.filter(|_| !fields.contains(&name.as_str())) else {
            if values.insert(name.clone(), value).is_some() {
                return Err(FieldError::of(&name, format!("is given twice: as it is and as `{name}{FILE_SUFFIX}`")));
            }
            continue;
        };
        let path = match value {
            Layered::Env(path) | Layered::File(toml::Value::String(path)) => PathBuf::from(path),
            _ => return Err(FieldError::of(&name, "must be the path of a file")),
        };
        if path.as_os_str().is_empty() {
            continue;
        }
        let text = read_secret(&path)
            .map_err(|error| FieldError::of(&name, format!("cannot read {}: {error}", path.display())))?;
        if values.insert(field.to_owned(), Layered::Secret(text)).is_some() {
            return Err(FieldError::of(field, format!("is given twice: as it is and as `{name}`")));
        }
    }
    Ok(values)
}

pub(super) enum Layered {
    File(toml::Value),
    Env(String),
    /// The content of a file that a layer names.
    Secret(String),
}

#[derive(Debug)]
pub(super) enum FieldError {
    Missing(&'static str),
    Broken { field: String, rule: String },
}

impl FieldError {
    /// Names the field that a value's own error does not know.
    fn of(field: &str, rule: impl fmt::Display) -> Self {
        Self::Broken { field: field.to_owned(), rule: rule.to_string() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(f, "missing field `{field}`"),
            Self::Broken { field, rule } => write!(f, "{field}: {rule}"),
        }
    }
}

impl std::error::Error for FieldError {}

impl de::Error for FieldError {
    fn custom<T: fmt::Display>(rule: T) -> Self {
        Self::of("", rule)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

impl<'de> Deserializer<'de> for Layers<'_> {
    type Error = FieldError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, FieldError> {
        Err(FieldError::of("", "a configuration must be a struct with named fields, none of them flattened"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        visitor.visit_map(Fields { rest: self.merged(fields)?.into_iter(), value: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Fields {
    rest: std::vec::IntoIter<(String, Layered)>,
    value: Option<(String, Layered)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = FieldError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, FieldError> {
        self.value = self.rest.next();
        let Some((field, _)) = &self.value else { return Ok(None) };
        let key: StrDeserializer<'_, FieldError> = field.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, FieldError> {
        let Some((field, value)) = self.value.take() else {
            return Err(de::Error::custom("a value was asked for before its field"));
        };
        match value {
            Layered::File(value) => seed.deserialize(value).map_err(|error| FieldError::of(&field, error.message())),
            Layered::Env(text) => seed.deserialize(Text(text)).map_err(|error| FieldError::of(&field, error)),
            Layered::Secret(text) => seed.deserialize(SecretText(text)).map_err(|error| FieldError::of(&field, error)),
        }
    }
}

/// The text of an environment variable, read as whatever the field is.
struct Text(String);

macro_rules! parsed {
    ($($method:ident $visit:ident $kind:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, de::value::Error> {
            let value = self.0.trim().parse::<$kind>().map_err(|error| {
                de::Error::custom(format_args!("must be of type {}: {error}", stringify!($kind)))
            })?;
            visitor.$visit(value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Text {
    type Error = de::value::Error;

    parsed! {
        deserialize_bool visit_bool bool,
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
        deserialize_f32 visit_f32 f32, deserialize_f64 visit_f64 f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let items = self.0.split(',').map(str::trim).filter(|item| !item.is_empty());
        visitor.visit_seq(SeqDeserializer::new(items.map(|item| Text(item.to_owned()))))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let items = self.0.split(',').map(str::trim).filter(|item| !item.is_empty());
        let pairs = items.map(|item| {
            let pair = item.split_once('=').map(|(name, value)| (name.to_owned(), Text(value.to_owned())));
            pair.ok_or_else(|| de::Error::custom("must be pairs name=value, joined by commas"))
        });
        let pairs = pairs.collect::<Result<Vec<_>, Self::Error>>()?;
        visitor.visit_map(MapDeserializer::new(pairs.into_iter()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        StringDeserializer::new(self.0).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, de::value::Error> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The content of a file, which only a secret may come from.
struct SecretText(String);

impl<'de> Deserializer<'de> for SecretText {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("is no secret, so its value must not come from a file"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match name {
            secret::NEWTYPE => visitor.visit_newtype_struct(StringDeserializer::new(self.0)),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
