//! A column's type as the server spells it, and how its values lie in a block.

use super::NativeError;

/// How the values of a column lie in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// So many bytes each.
    Fixed(usize),
    /// Bytes, each after their length.
    Text,
    /// A byte each that says whether it is null, then the values.
    Nullable(Box<Self>),
    /// Where each ends, then the elements of all.
    Array(Box<Self>),
    /// One element of all after the other.
    Tuple(Vec<Self>),
}

/// The type that a column is sent as. The server makes of it what the table has: a dictionary of text, and state of a
/// simple aggregate of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnType {
    /// As the block names it.
    pub(super) name: String,
    pub(super) layout: Layout,
}

impl ColumnType {
    /// Reads a type, such as `Array(LowCardinality(String))`, which is sent as `Array(String)`.
    pub(crate) fn parse(text: &str) -> Result<Self, NativeError> {
        let text = text.trim();
        let (head, arguments) = match text.split_once('(') {
            Some((head, rest)) => (head, split(rest.strip_suffix(')').unwrap_or(rest))),
            None => (text, Vec::new()),
        };
        let last = || {
            let inner = arguments.last().ok_or_else(|| NativeError::UnknownType(text.to_owned()))?;
            Self::parse(inner)
        };
        Ok(match head {
            "LowCardinality" | "SimpleAggregateFunction" => last()?,
            "Nullable" => last()?.within(head, |inner| Layout::Nullable(Box::new(inner))),
            "Array" => last()?.within(head, |inner| Layout::Array(Box::new(inner))),
            "Map" => {
                let entry = tuple(&arguments)?;
                let name = entry.name.replacen("Tuple", "Map", 1);
                Self { name, layout: Layout::Array(Box::new(entry.layout)) }
            }
            "Tuple" => tuple(&arguments)?,
            "String" => Self { name: text.to_owned(), layout: Layout::Text },
            _ => {
                let bytes = width(head, &arguments).ok_or_else(|| NativeError::UnknownType(text.to_owned()))?;
                Self { name: text.to_owned(), layout: Layout::Fixed(bytes) }
            }
        })
    }

    fn within(self, wrapper: &str, layout: impl FnOnce(Layout) -> Layout) -> Self {
        Self { name: format!("{wrapper}({})", self.name), layout: layout(self.layout) }
    }
}

/// A tuple, with or without names: `at DateTime64(6, 'UTC')`.
fn tuple(arguments: &[&str]) -> Result<ColumnType, NativeError> {
    let (mut names, mut layouts) = (Vec::new(), Vec::new());
    for argument in arguments {
        let argument = argument.trim();
        let outside = argument.split('(').next().unwrap_or_default();
        let (name, of) = match outside.split_once(' ') {
            Some((name, _)) => argument.split_at(name.len() + 1),
            None => ("", argument),
        };
        let element = ColumnType::parse(of)?;
        names.push(format!("{name}{}", element.name));
        layouts.push(element.layout);
    }
    Ok(ColumnType { name: format!("Tuple({})", names.join(", ")), layout: Layout::Tuple(layouts) })
}

/// The bytes of a value of fixed width.
fn width(head: &str, arguments: &[&str]) -> Option<usize> {
    Some(match head {
        "Bool" | "UInt8" | "Int8" | "Enum8" => 1,
        "UInt16" | "Int16" | "Enum16" | "Date" => 2,
        "UInt32" | "Int32" | "Float32" | "DateTime" | "Date32" => 4,
        "UInt64" | "Int64" | "Float64" | "DateTime64" => 8,
        "UInt128" | "Int128" | "UUID" => 16,
        "UInt256" | "Int256" => 32,
        "FixedString" => arguments.first()?.trim().parse().ok()?,
        _ => return None,
    })
}

/// The arguments of a type, parted by the commas that stand in no parentheses and no quotes.
fn split(arguments: &str) -> Vec<&str> {
    let (mut found, mut start, mut depth, mut is_quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, letter) in arguments.char_indices() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => depth = depth.saturating_sub(1),
            ',' if !is_quoted && depth == 0 => {
                found.push(&arguments[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&arguments[start..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> (String, Layout) {
        let parsed = ColumnType::parse(text).unwrap();
        (parsed.name, parsed.layout)
    }

    #[test]
    fn numbers_and_times_have_their_width() {
        for (text, bytes) in
            [("Bool", 1), ("Date", 2), ("UInt64", 8), ("DateTime64(6, 'UTC')", 8), ("UUID", 16), ("UInt256", 32)]
        {
            assert_eq!(sent(text), (text.to_owned(), Layout::Fixed(bytes)));
        }
        assert_eq!(sent("FixedString(20)").1, Layout::Fixed(20));
    }

    #[test]
    fn dictionaries_and_states_are_sent_as_their_values() {
        let array = Layout::Array(Box::new(Layout::Text));
        assert_eq!(sent("Array(LowCardinality(String))"), ("Array(String)".to_owned(), array));
        let nullable = Layout::Nullable(Box::new(Layout::Text));
        assert_eq!(sent("LowCardinality(Nullable(String))"), ("Nullable(String)".to_owned(), nullable));
        assert_eq!(sent("SimpleAggregateFunction(groupBitOr, UInt64)").0, "UInt64");
    }

    #[test]
    fn tuples_keep_their_names_and_maps_are_arrays_of_pairs() {
        let pair = || Layout::Tuple(vec![Layout::Fixed(8), Layout::Fixed(16)]);
        let (name, layout) = sent("SimpleAggregateFunction(max, Tuple(at DateTime64(6, 'UTC'), event_id UInt128))");
        assert_eq!((name.as_str(), layout), ("Tuple(at DateTime64(6, 'UTC'), event_id UInt128)", pair()));
        assert_eq!(sent("Tuple(DateTime64(6, 'a, b'), UInt128)").1, pair());
        let (name, layout) = sent("Map(LowCardinality(String), UInt64)");
        assert_eq!(name, "Map(String, UInt64)");
        assert_eq!(layout, Layout::Array(Box::new(Layout::Tuple(vec![Layout::Text, Layout::Fixed(8)]))));
    }

    #[test]
    fn a_type_that_is_not_known_is_refused_by_name() {
        let refused = ColumnType::parse("Array(Dynamic)").unwrap_err();
        assert_eq!(refused.to_string(), "the type `Dynamic` cannot be written");
    }
}
