//! Rows through serde into the columns of one block.

use std::collections::HashMap;

use bytes::Bytes;
use clickhouse::Row;
use serde::ser::{self, Serialize};

use super::NativeError;
use super::layout::ColumnType;
use super::values::{Values, push_length};

/// The rows as one block, in pieces; `types` are those of the table's columns.
pub(crate) fn encode<R: Row + Serialize>(
    rows: &[R],
    types: &HashMap<String, ColumnType>,
) -> Result<Vec<Bytes>, NativeError> {
    let columns: Vec<(&'static str, &ColumnType)> = R::COLUMN_NAMES
        .iter()
        .map(|name| types.get(*name).map(|of| (*name, of)).ok_or(NativeError::NoColumn(name)))
        .collect::<Result<_, _>>()?;
    let mut values: Vec<Values> = columns.iter().map(|(_, of)| Values::new(&of.layout, rows.len())).collect();
    for row in rows {
        row.serialize(RowOf(&mut values))?;
    }
    let mut header = Vec::new();
    push_length(&mut header, columns.len());
    push_length(&mut header, rows.len());
    let mut pieces = Vec::with_capacity(3 * columns.len());
    for ((name, of), values) in columns.into_iter().zip(values) {
        for text in [name, of.name.as_str()] {
            push_length(&mut header, text.len());
            header.extend_from_slice(text.as_bytes());
        }
        pieces.push(std::mem::take(&mut header));
        values.into_pieces(&mut pieces);
    }
    Ok(pieces.into_iter().map(Bytes::from).collect())
}

/// Takes one row: its fields are the columns, in their order.
struct RowOf<'v>(&'v mut [Values]);

/// The fields still to come.
struct Fields<'v>(std::slice::IterMut<'v, Values>);

impl ser::SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = NativeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), NativeError> {
        let column = self.0.next().ok_or(NativeError::NoColumn(name))?;
        value.serialize(column).map_err(|error| NativeError::Mismatch(format!("column `{name}`: {error}")))
    }

    fn end(mut self) -> Result<(), NativeError> {
        match self.0.next() {
            None => Ok(()),
            Some(_) => Err(NativeError::Mismatch("a row has fewer fields than columns".to_owned())),
        }
    }
}

/// Everything but a struct is no row.
macro_rules! no_rows {
    ($($method:ident($($of:ty),*) -> $answer:ty),+ $(,)?) => {
        $(fn $method(self, $(_: $of),*) -> Result<$answer, NativeError> {
            Err(NativeError::Mismatch("a row is a struct".to_owned()))
        })+
    };
}

type Never = ser::Impossible<(), NativeError>;

impl<'v> ser::Serializer for RowOf<'v> {
    type Ok = ();
    type Error = NativeError;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Fields<'v>;
    type SerializeStructVariant = Never;

    no_rows!(
        serialize_bool(bool) -> (), serialize_char(char) -> (), serialize_str(&str) -> (), serialize_bytes(&[u8]) -> (),
        serialize_i8(i8) -> (), serialize_i16(i16) -> (), serialize_i32(i32) -> (), serialize_i64(i64) -> (),
        serialize_u8(u8) -> (), serialize_u16(u16) -> (), serialize_u32(u32) -> (), serialize_u64(u64) -> (),
        serialize_f32(f32) -> (), serialize_f64(f64) -> (), serialize_none() -> (), serialize_unit() -> (),
        serialize_unit_struct(&'static str) -> (), serialize_unit_variant(&'static str, u32, &'static str) -> (),
        serialize_seq(Option<usize>) -> Never, serialize_tuple(usize) -> Never,
        serialize_tuple_struct(&'static str, usize) -> Never, serialize_map(Option<usize>) -> Never,
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never,
    );

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'v>, NativeError> {
        Ok(Fields(self.0.iter_mut()))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NativeError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), NativeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), NativeError> {
        value.serialize(self)
    }
}
