//! Named, typed access to the members of one JSON object.

use serde_json::{Map, Value};

use super::value::FromJson;
use crate::rules::{Code, Violation};

/// The members of an object and where it stands in the event.
pub(super) struct Fields<'a> {
    members: &'a Map<String, Value>,
    /// What precedes a member's name in the name of its field, such as `actor.`.
    prefix: String,
}

impl<'a> Fields<'a> {
    /// The event itself.
    pub(super) fn new(members: &'a Map<String, Value>) -> Self {
        Self { members, prefix: String::new() }
    }

    /// What a member is called in a violation.
    pub(super) fn field(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The member, when it is present and not null.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// The member, or `None` when it is absent.
    pub(super) fn optional<T: FromJson>(&self, name: &str) -> Result<Option<T>, Violation> {
        self.get(name).map(|value| self.read(name, value)).transpose()
    }

    /// The member, which must be there.
    pub(super) fn required<T: FromJson>(&self, name: &str) -> Result<T, Violation> {
        self.optional(name)?.ok_or_else(|| self.missing(name))
    }

    /// The member, or the default of its type when it is absent.
    pub(super) fn or_default<T: FromJson + Default>(&self, name: &str) -> Result<T, Violation> {
        Ok(self.optional(name)?.unwrap_or_default())
    }

    /// The members of an object inside this one, or `None` when it is absent.
    pub(super) fn object(&self, name: &str) -> Result<Option<Self>, Violation> {
        let field = self.field(name);
        self.get(name).map(|value| Self::inside(value, field)).transpose()
    }

    /// The members of an object inside this one, which must be there.
    pub(super) fn required_object(&self, name: &str) -> Result<Self, Violation> {
        self.object(name)?.ok_or_else(|| self.missing(name))
    }

    /// The entries of an array inside this object, or `None` when it is absent.
    pub(super) fn array(&self, name: &str) -> Result<Option<&'a [Value]>, Violation> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Array(entries)) => Ok(Some(entries)),
            Some(_) => Err(Violation::new(Code::InvalidValue, self.field(name), "must be an array")),
        }
    }

    /// The objects of an array inside this object, which must be there.
    pub(super) fn required_objects(&self, name: &str) -> Result<Vec<Self>, Violation> {
        let entries = self.array(name)?.ok_or_else(|| self.missing(name))?;
        let named = entries.iter().enumerate();
        named.map(|(index, value)| Self::inside(value, format!("{}[{index}]", self.field(name)))).collect()
    }

    /// The violation of a member that must be there and is not.
    pub(super) fn missing(&self, name: &str) -> Violation {
        Violation::new(Code::Missing, self.field(name), "is required")
    }

    fn inside(value: &'a Value, field: String) -> Result<Self, Violation> {
        match value {
            Value::Object(members) => Ok(Self { members, prefix: format!("{field}.") }),
            _ => Err(Violation::new(Code::InvalidValue, field, "must be an object")),
        }
    }

    fn read<T: FromJson>(&self, name: &str, value: &Value) -> Result<T, Violation> {
        T::from_json(value).map_err(|wrong| Violation::new(wrong.code, self.field(name), wrong.message))
    }
}

/// A list of strings: `tags`.
pub(super) fn texts(fields: &Fields<'_>, name: &str) -> Result<Vec<String>, Violation> {
    let entries = fields.array(name)?.unwrap_or_default().iter().enumerate();
    entries
        .map(|(index, value)| {
            let field = || format!("{}[{index}]", fields.field(name));
            String::from_json(value).map_err(|wrong| Violation::new(wrong.code, field(), wrong.message))
        })
        .collect()
}
