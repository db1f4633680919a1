//! The values of one column, appended one after the other.

use serde::ser::{self, Serialize};

use super::NativeError;
use super::layout::Layout;

/// The values of a column so far, in the shape of its layout.
#[derive(Debug)]
pub(super) enum Values {
    /// Of one width, end to end.
    Fixed { width: usize, bytes: Vec<u8> },
    /// Each after its length; how many are expected.
    Text { bytes: Vec<u8>, expected: usize },
    /// Which are null, and the values, with a default for each that is.
    Nullable { nulls: Vec<u8>, values: Box<Self> },
    /// Where each ends, how many elements there are, and the elements.
    Array { ends: Vec<u8>, elements: u64, values: Box<Self> },
    /// Elements of a tuple.
    Tuple(Vec<Self>),
}

/// The bytes of the length of most texts.
const LENGTH_BYTES: usize = 2;

/// What a value is, for messages.
type Kind = &'static str;
type Never = ser::Impossible<(), NativeError>;

impl Values {
    /// No values of this layout yet; room is made for `rows` of them.
    pub(super) fn new(layout: &Layout, rows: usize) -> Self {
        match layout {
            Layout::Fixed(width) => Self::Fixed { width: *width, bytes: Vec::with_capacity(width * rows) },
            Layout::Text => Self::Text { bytes: Vec::new(), expected: rows },
            Layout::Nullable(of) => {
                Self::Nullable { nulls: Vec::with_capacity(rows), values: Box::new(Self::new(of, rows)) }
            }
            Layout::Array(of) => {
                Self::Array { ends: Vec::with_capacity(8 * rows), elements: 0, values: Box::new(Self::new(of, rows)) }
            }
            Layout::Tuple(elements) => Self::Tuple(elements.iter().map(|of| Self::new(of, rows)).collect()),
        }
    }

    /// The pieces of this column's part of a block, in their order.
    pub(super) fn into_pieces(self, pieces: &mut Vec<Vec<u8>>) {
        match self {
            Self::Fixed { bytes, .. } | Self::Text { bytes, .. } => pieces.push(bytes),
            Self::Nullable { nulls: first, values } | Self::Array { ends: first, values, .. } => {
                pieces.push(first);
                values.into_pieces(pieces);
            }
            Self::Tuple(elements) => elements.into_iter().for_each(|element| element.into_pieces(pieces)),
        }
    }

    fn number(&mut self, value: &[u8], kind: Kind) -> Result<(), NativeError> {
        match self {
            Self::Fixed { width, bytes } if *width == value.len() => bytes.extend_from_slice(value),
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
            Self::Text { bytes, expected } => {
                // Growing a column of payloads step by step copies more than it holds, and the first says how long
                // the others are.
                if bytes.is_empty() {
                    bytes.reserve(*expected * (value.len() + LENGTH_BYTES));
                }
                push_length(bytes, value.len());
                bytes.extend_from_slice(value);
            }
            Self::Fixed { width, bytes } if *width == value.len() => bytes.extend_from_slice(value),
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
            Self::Fixed { width, bytes } => bytes.resize(bytes.len() + *width, 0),
            Self::Text { bytes, .. } => bytes.push(0),
            Self::Nullable { nulls, values } => {
                nulls.push(1);
                values.default();
            }
            Self::Array { ends, elements, .. } => ends.extend_from_slice(&elements.to_le_bytes()),
            Self::Tuple(elements) => elements.iter_mut().for_each(Self::default),
        }
    }

    fn refusal(&self, method: Kind) -> NativeError {
        self.mismatch(method.trim_start_matches("serialize_"))
    }

    fn mismatch(&self, kind: Kind) -> NativeError {
        let holds = match self {
            Self::Fixed { width, .. } => format!("values of {width} bytes"),
            Self::Text { .. } => "text".to_owned(),
            Self::Nullable { .. } => "nullable values".to_owned(),
            Self::Array { .. } => "arrays".to_owned(),
            Self::Tuple(elements) => format!("tuples of {}", elements.len()),
        };
        NativeError::Mismatch(format!("a column of {holds} takes no {kind}"))
    }
}

/// A length as ClickHouse writes it: seven bits a byte, the lowest first.
pub(super) fn push_length(bytes: &mut Vec<u8>, length: usize) {
    let mut rest = length;
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

macro_rules! numbers {
    ($($method:ident: $number:ty),+ $(,)?) => {
        $(fn $method(self, value: $number) -> Result<(), NativeError> {
            self.number(&value.to_le_bytes(), stringify!($number))
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
        self.number(&[u8::from(value)], "bool")
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
            Values::Fixed { width, bytes } => Ok(Parts::OfNumber { end: bytes.len() + *width, bytes }),
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
    ends: &'v mut Vec<u8>,
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
        self.ends.extend_from_slice(&self.elements.to_le_bytes());
        Ok(())
    }
}

/// The parts of one tuple.
pub(super) enum Parts<'v> {
    /// Of a number, up to where its bytes must end.
    OfNumber { end: usize, bytes: &'v mut Vec<u8> },
    /// Of a tuple: the elements still to come.
    OfTuple(std::slice::IterMut<'v, Values>),
}

impl ser::SerializeTuple for Parts<'_> {
    type Ok = ();
    type Error = NativeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NativeError> {
        match self {
            Self::OfNumber { bytes, .. } => {
                let mut part = Values::Fixed { width: size_of_val(value), bytes: std::mem::take(bytes) };
                let written = value.serialize(&mut part);
                if let Values::Fixed { bytes: back, .. } = part {
                    **bytes = back;
                }
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
            Self::OfNumber { end, bytes } if bytes.len() != end => {
                Err(NativeError::Mismatch(format!("a number ends {} bytes off", bytes.len().abs_diff(end))))
            }
            Self::OfNumber { .. } | Self::OfTuple(_) => Ok(()),
        }
    }
}
