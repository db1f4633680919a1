//! The values of one column, appended one after the other.

use bytes::Bytes;
use serde::ser::{self, Serialize};

use super::NativeError;
use super::layout::Layout;
use super::pieces::Pieces;

/// The values of a column so far, in the shape of its layout.
#[derive(Debug)]
pub(super) enum Values {
    /// Of one width, end to end.
    Fixed { width: usize, bytes: Pieces },
    /// Each after its length.
    Text(Pieces),
    /// Which are null, and the values, with a default for each that is.
    Nullable { nulls: Pieces, values: Box<Self> },
    /// Where each ends, how many elements there are, and the elements.
    Array { ends: Pieces, elements: u64, values: Box<Self> },
    /// Elements of a tuple.
    Tuple(Vec<Self>),
}

/// What a value is, for messages.
type Kind = &'static str;
type Never = ser::Impossible<(), NativeError>;

impl Values {
    /// No values of this layout yet.
    pub(super) fn new(layout: &Layout) -> Self {
        let of = |layout: &Layout| Box::new(Self::new(layout));
        match layout {
            Layout::Fixed(width) => Self::Fixed { width: *width, bytes: Pieces::default() },
            Layout::Text => Self::Text(Pieces::default()),
            Layout::Nullable(inner) => Self::Nullable { nulls: Pieces::default(), values: of(inner) },
            Layout::Array(inner) => Self::Array { ends: Pieces::default(), elements: 0, values: of(inner) },
            Layout::Tuple(elements) => Self::Tuple(elements.iter().map(Self::new).collect()),
        }
    }

    /// Adds what is sent of a column whose values came in parts of the same layout, one after the other.
    pub(super) fn send(parts: Vec<Self>, sent: &mut Vec<Bytes>) {
        let mut inner = Vec::new();
        let mut tuples = Vec::new();
        let mut before = 0;
        for part in parts {
            match part {
                Self::Fixed { bytes, .. } | Self::Text(bytes) => bytes.send(sent),
                Self::Nullable { nulls, values } => {
                    nulls.send(sent);
                    inner.push(*values);
                }
                Self::Array { mut ends, elements, values } => {
                    ends.add_to_each(before);
                    before += elements;
                    ends.send(sent);
                    inner.push(*values);
                }
                Self::Tuple(elements) => tuples.push(elements.into_iter()),
            }
        }
        if !inner.is_empty() {
            Self::send(inner, sent);
        }
        loop {
            let element: Vec<Self> = tuples.iter_mut().filter_map(Iterator::next).collect();
            if element.is_empty() {
                return;
            }
            Self::send(element, sent);
        }
    }

    #[inline]
    fn number<const N: usize>(&mut self, value: [u8; N], kind: Kind) -> Result<(), NativeError> {
        match self {
            Self::Fixed { width, bytes } if *width == N => bytes.extend(&value),
            Self::Nullable { nulls, values } => {
                nulls.push(0);
                return values.number(value, kind);
            }
            other => return Err(other.mismatch(kind)),
        }
        Ok(())
    }

    fn text(&mut self, value: &[u8], kind: Kind) -> Result<(), NativeError> {
        match self {
            Self::Text(bytes) => {
                bytes.length(value.len());
                bytes.extend(value);
            }
            Self::Fixed { width, bytes } if *width == value.len() => bytes.extend(value),
            Self::Nullable { nulls, values } => {
                nulls.push(0);
                return values.text(value, kind);
            }
            other => return Err(other.mismatch(kind)),
        }
        Ok(())
    }

    /// What stands where nothing does.
    fn default(&mut self) {
        match self {
            Self::Fixed { width, bytes } => (0..*width).for_each(|_| bytes.push(0)),
            Self::Text(bytes) => bytes.push(0),
            Self::Nullable { nulls, values } => {
                nulls.push(1);
                values.default();
            }
            Self::Array { ends, elements, .. } => ends.extend(&elements.to_le_bytes()),
            Self::Tuple(elements) => elements.iter_mut().for_each(Self::default),
        }
    }

    /// Takes numbers of this width from now on; the width before.
    const fn set_width(&mut self, to: usize) -> usize {
        match self {
            Self::Fixed { width, .. } => std::mem::replace(width, to),
            _ => to,
        }
    }

    fn refusal(&self, method: Kind) -> NativeError {
        self.mismatch(method.trim_start_matches("serialize_"))
    }

    fn mismatch(&self, kind: Kind) -> NativeError {
        let holds = match self {
            Self::Fixed { width, .. } => format!("values of {width} bytes"),
            Self::Text(_) => "text".to_owned(),
            Self::Nullable { .. } => "nullable values".to_owned(),
            Self::Array { .. } => "arrays".to_owned(),
            Self::Tuple(elements) => format!("tuples of {}", elements.len()),
        };
        NativeError::Mismatch(format!("a column of {holds} takes no {kind}"))
    }
}

macro_rules! numbers {
    ($($method:ident: $number:ty),+ $(,)?) => {
        $(fn $method(self, value: $number) -> Result<(), NativeError> {
            self.number(value.to_le_bytes(), stringify!($number))
        })+
    };
}

impl<'v> ser::Serializer for &'v mut Values {
    type Ok = ();
    type Error = NativeError;
    type SerializeSeq = Elements<'v>;
    type SerializeTuple = Parts<'v>;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    numbers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
        serialize_f32: f32, serialize_f64: f64,
    );

    refused!(
        serialize_char(char) -> (), serialize_unit() -> (), serialize_unit_struct(Kind) -> (),
        serialize_unit_variant(Kind, u32, Kind) -> (), serialize_tuple_struct(Kind, usize) -> Never,
        serialize_tuple_variant(Kind, u32, Kind, usize) -> Never, serialize_map(Option<usize>) -> Never,
        serialize_struct(Kind, usize) -> Never, serialize_struct_variant(Kind, u32, Kind, usize) -> Never,
    );

    fn serialize_bool(self, value: bool) -> Result<(), NativeError> {
        self.number([u8::from(value)], "bool")
    }

    fn serialize_str(self, value: &str) -> Result<(), NativeError> {
        self.text(value.as_bytes(), "text")
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), NativeError> {
        self.text(value, "bytes")
    }

    fn serialize_none(self) -> Result<(), NativeError> {
        if !matches!(self, Values::Nullable { .. }) {
            return Err(self.mismatch("null"));
        }
        self.default();
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NativeError> {
        match self {
            Values::Nullable { nulls, values } => {
                nulls.push(0);
                value.serialize(&mut **values)
            }
            other => Err(other.mismatch("optional value")),
        }
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: Kind, value: &T) -> Result<(), NativeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: Kind,
        _: u32,
        _: Kind,
        _: &T,
    ) -> Result<(), NativeError> {
        Err(self.mismatch(name))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'v>, NativeError> {
        match self {
            Values::Array { ends, elements, values } => Ok(Elements { ends, elements, values }),
            other => Err(other.mismatch("sequence")),
        }
    }

    /// A tuple is one of the table's, or the parts of a number that is wider than any of Rust's.
    fn serialize_tuple(self, parts: usize) -> Result<Parts<'v>, NativeError> {
        if matches!(self, Values::Tuple(elements) if elements.len() != parts) {
            return Err(self.mismatch("tuple of another length"));
        }
        match self {
            Values::Fixed { width, .. } => Ok(Parts::OfNumber { left: *width, column: self }),
            Values::Tuple(elements) => Ok(Parts::OfTuple(elements.iter_mut())),
            other => Err(other.mismatch("tuple")),
        }
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The elements of one array.
pub(super) struct Elements<'v> {
    ends: &'v mut Pieces,
    elements: &'v mut u64,
    values: &'v mut Values,
}

impl ser::SerializeSeq for Elements<'_> {
    type Ok = ();
    type Error = NativeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NativeError> {
        *self.elements += 1;
        value.serialize(&mut *self.values)
    }

    fn end(self) -> Result<(), NativeError> {
        self.ends.extend(&self.elements.to_le_bytes());
        Ok(())
    }
}

/// The parts of one tuple.
pub(super) enum Parts<'v> {
    /// Of a number, of which so many bytes are left, in a column of such.
    OfNumber { left: usize, column: &'v mut Values },
    /// Of a tuple: the elements still to come.
    OfTuple(std::slice::IterMut<'v, Values>),
}

impl ser::SerializeTuple for Parts<'_> {
    type Ok = ();
    type Error = NativeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NativeError> {
        match self {
            Self::OfNumber { left, column } => {
                let part = size_of_val(value);
                *left =
                    left.checked_sub(part).ok_or_else(|| NativeError::Mismatch("a number is too long".to_owned()))?;
                let whole = column.set_width(part);
                let written = value.serialize(&mut **column);
                column.set_width(whole);
                written
            }
            Self::OfTuple(elements) => match elements.next() {
                Some(element) => value.serialize(element),
                None => Err(NativeError::Mismatch("a tuple has more elements than its column".to_owned())),
            },
        }
    }

    fn end(self) -> Result<(), NativeError> {
        match self {
            Self::OfNumber { left, .. } if left > 0 => {
                Err(NativeError::Mismatch(format!("a number lacks {left} bytes")))
            }
            Self::OfNumber { .. } | Self::OfTuple(_) => Ok(()),
        }
    }
}
