//! Named, typed access to the members of one JSON object.

use super::FlatEvent;
use super::cloud_event::stand_in;
use super::node::Node;
use super::value::FromJson;
use crate::rules::{Code, Violation};

/// The members of an object and where it stands in the event.
pub(super) struct Fields<'t> {
    members: Node<'t>,
    /// The attributes of the CloudEvent around it (rule 96).
    attributes: Option<Node<'t>>,
    place: Place,
}

/// Where an object stands in the event, which no object does deeper than once.
#[derive(Clone, Copy)]
enum Place {
    Event,
    Member(&'static str),
    Entry(&'static str, usize),
}

impl<'t> Fields<'t> {
    /// The event itself.
    pub(super) const fn new(event: FlatEvent<'t>) -> Self {
        Self { members: event.members, attributes: event.attributes, place: Place::Event }
    }

    /// What a member is called in a violation.
    pub(super) fn field(&self, name: &str) -> String {
        match self.place {
            Place::Event => name.to_owned(),
            Place::Member(object) => format!("{object}.{name}"),
            Place::Entry(array, index) => format!("{array}[{index}].{name}"),
        }
    }

    /// The member, when it is present and not null.
    pub(super) fn get(&self, name: &str) -> Option<Node<'t>> {
        let stand_in = || self.attributes.and_then(|attributes| stand_in(attributes, name));
        self.members.present(name).or_else(stand_in)
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

    /// The members of an object inside the event, or `None` when it is absent.
    pub(super) fn object(&self, name: &'static str) -> Result<Option<Self>, Violation> {
        self.get(name).map(|value| Self::inside(value, Place::Member(name))).transpose()
    }

    /// The members of an object inside the event, which must be there.
    pub(super) fn required_object(&self, name: &'static str) -> Result<Self, Violation> {
        self.object(name)?.ok_or_else(|| self.missing(name))
    }

    /// The entries of an array inside this object, or `None` when it is absent.
    pub(super) fn array(&self, name: &str) -> Result<Option<impl Iterator<Item = Node<'t>>>, Violation> {
        let wrong = || Violation::new(Code::InvalidValue, self.field(name), "must be an array");
        self.get(name).map(|value| value.entries().ok_or_else(wrong)).transpose()
    }

    /// What the objects of an array inside the event are read as, which must be there; one after the other, so that the first
    /// wrong field is named.
    pub(super) fn required_objects<T>(
        &self,
        name: &'static str,
        read: impl Fn(&Self) -> Result<T, Violation>,
    ) -> Result<Vec<T>, Violation> {
        let entries = self.array(name)?.ok_or_else(|| self.missing(name))?.enumerate();
        entries.map(|(index, value)| read(&Self::inside(value, Place::Entry(name, index))?)).collect()
    }

    /// The violation of a member that must be there and is not.
    pub(super) fn missing(&self, name: &str) -> Violation {
        Violation::new(Code::Missing, self.field(name), "is required")
    }

    fn inside(members: Node<'t>, place: Place) -> Result<Self, Violation> {
        if members.is_object() {
            return Ok(Self { members, attributes: None, place });
        }
        let field = match place {
            Place::Event => "event".to_owned(),
            Place::Member(name) => name.to_owned(),
            Place::Entry(array, index) => format!("{array}[{index}]"),
        };
        Err(Violation::new(Code::InvalidValue, field, "must be an object"))
    }

    fn read<T: FromJson>(&self, name: &str, value: Node<'t>) -> Result<T, Violation> {
        T::from_json(value).map_err(|wrong| Violation::new(wrong.code, self.field(name), wrong.message))
    }
}

/// A list of strings: `tags`.
pub(super) fn texts(fields: &Fields<'_>, name: &str) -> Result<Vec<String>, Violation> {
    let entries = fields.array(name)?.into_iter().flatten().enumerate();
    entries
        .map(|(index, value)| {
            let field = || format!("{}[{index}]", fields.field(name));
            String::from_json(value).map_err(|wrong| Violation::new(wrong.code, field(), wrong.message))
        })
        .collect()
}
