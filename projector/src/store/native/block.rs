//! Rows through serde into the columns of one block.

use std::collections::HashMap;

use bytes::Bytes;
use clickhouse::Row;
use serde::ser::{self, Serialize};

use super::NativeError;
use super::layout::ColumnType;
use super::pieces::Pieces;
use super::values::Values;

/// The columns that rows of one type have.
#[derive(Debug)]
pub(crate) struct Columns(Vec<(&'static str, ColumnType)>);

impl Columns {
    /// The columns of `R`; `types` are those of its table, as the server spells them.
    pub(crate) fn of<R: Row>(types: &HashMap<String, String>) -> Result<Self, NativeError> {
        let of = |name: &&'static str| {
            let text = types.get(*name).ok_or(NativeError::NoColumn(name))?;
            Ok((*name, ColumnType::parse(text)?))
        };
        R::COLUMN_NAMES.iter().map(of).collect::<Result<_, _>>().map(Self)
    }

    /// The names of the columns, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// A block without rows.
    pub(crate) fn block(&self) -> Block {
        Block { values: self.0.iter().map(|(_, of)| Values::new(&of.layout)).collect(), rows: 0 }
    }

    /// What is sent of the rows of several blocks, as those of one.
    pub(crate) fn send(&self, blocks: Vec<Block>) -> Vec<Bytes> {
        let mut header = Pieces::default();
        header.length(self.0.len());
        header.length(blocks.iter().map(|block| block.rows).sum());
        let mut blocks: Vec<_> = blocks.into_iter().map(|block| block.values.into_iter()).collect();
        let mut sent = Vec::new();
        for (name, of) in &self.0 {
            for text in [*name, of.name.as_str()] {
                header.length(text.len());
                header.extend(text.as_bytes());
            }
            std::mem::take(&mut header).send(&mut sent);
            Values::send(blocks.iter_mut().filter_map(Iterator::next).collect(), &mut sent);
        }
        sent
    }
}

/// Rows so far, by column.
#[derive(Debug)]
pub(crate) struct Block {
    values: Vec<Values>,
    rows: usize,
}

impl Block {
    /// Appends rows of the type that the columns are of. Once one did not fit, the block is of no use.
    pub(crate) fn fill<R: Row + Serialize>(&mut self, rows: &[R]) -> Result<(), NativeError> {
        self.rows += rows.len();
        rows.iter().try_for_each(|row| row.serialize(RowOf(&mut self.values)))
    }

    /// How many rows there are.
    pub(crate) const fn rows(&self) -> usize {
        self.rows
    }
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

impl RowOf<'_> {
    /// Everything but a struct is no row.
    fn refusal(&self, method: &str) -> NativeError {
        NativeError::Mismatch(format!("a row is a struct, and {method} is for none"))
    }
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

    refused!(
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

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use uuid::Uuid;

    use super::*;

    #[derive(Row, Serialize)]
    struct Example {
        id: u16,
        name: String,
        size: Option<u8>,
        parts: Vec<u8>,
        at: (u8, String),
        #[serde(with = "clickhouse::serde::uuid")]
        key: Uuid,
    }

    fn example(id: u16, size: Option<u8>, parts: &[u8]) -> Example {
        let key = Uuid::from_u128(0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f);
        Example { id, name: format!("n{id}"), size, parts: parts.to_vec(), at: (9, "x".to_owned()), key }
    }

    fn columns<R: Row>(of: &[(&str, &str)]) -> Result<Columns, NativeError> {
        Columns::of::<R>(&of.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    /// What is sent of rows that came in blocks.
    fn sent<R: Row + Serialize>(table: &[(&str, &str)], blocks: &[&[R]]) -> Result<Vec<u8>, NativeError> {
        let columns = columns::<R>(table)?;
        let mut filled = Vec::new();
        for rows in blocks {
            let mut block = columns.block();
            block.fill(rows)?;
            filled.push(block);
        }
        Ok(columns.send(filled).concat())
    }

    const TABLE: [(&str, &str); 6] = [
        ("id", "UInt16"),
        ("name", "LowCardinality(String)"),
        ("size", "Nullable(UInt8)"),
        ("parts", "Array(UInt8)"),
        ("at", "SimpleAggregateFunction(max, Tuple(n UInt8, s String))"),
        ("key", "UUID"),
    ];

    #[test]
    fn a_block_is_its_columns_one_after_the_other() {
        let rows = [example(1, None, &[7, 8]), example(2, Some(5), &[])];
        let uuid = [7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8];
        let mut expected: Vec<u8> = vec![6, 2];
        for (name, text, bytes) in [
            ("id", "UInt16", vec![1, 0, 2, 0]),
            ("name", "String", vec![2, b'n', b'1', 2, b'n', b'2']),
            ("size", "Nullable(UInt8)", vec![1, 0, 0, 5]),
            ("parts", "Array(UInt8)", [2_u64.to_le_bytes().as_slice(), &2_u64.to_le_bytes(), &[7, 8]].concat()),
            ("at", "Tuple(n UInt8, s String)", vec![9, 9, 1, b'x', 1, b'x']),
            ("key", "UUID", [uuid, uuid].concat()),
        ] {
            expected.push(name.len() as u8);
            expected.extend(name.as_bytes());
            expected.push(text.len() as u8);
            expected.extend(text.as_bytes());
            expected.extend(bytes);
        }
        assert_eq!(sent(&TABLE, &[&rows]).unwrap(), expected);
        assert_eq!(sent(&TABLE, &[&rows[..1], &rows[1..]]).unwrap(), expected, "two blocks are sent as one");
    }

    #[test]
    fn arrays_of_later_blocks_end_after_those_of_earlier_ones() {
        let rows =
            [example(1, None, &[7, 8]), example(2, Some(5), &[]), example(3, None, &[9]), example(4, None, &[1, 2])];
        let whole = sent(&TABLE, &[&rows]).unwrap();
        for at in 0..rows.len() {
            assert_eq!(sent(&TABLE, &[&rows[..at], &rows[at..]]).unwrap(), whole);
        }
    }

    #[test]
    fn a_row_that_does_not_fit_is_refused_by_column() {
        let refused = |change: (&'static str, &'static str)| {
            let table: Vec<_> = TABLE.iter().map(|of| if of.0 == change.0 { change } else { *of }).collect();
            sent(&table, &[&[example(1, None, &[])]]).unwrap_err().to_string()
        };
        assert_eq!(refused(("id", "UInt32")), "column `id`: a column of values of 4 bytes takes no u16");
        assert_eq!(refused(("name", "UInt8")), "column `name`: a column of values of 1 bytes takes no text");
        assert_eq!(refused(("size", "UInt8")), "column `size`: a column of values of 1 bytes takes no null");
        assert_eq!(refused(("key", "UInt64")), "column `key`: a number is too long");
        assert_eq!(
            refused(("at", "Tuple(UInt8)")),
            "column `at`: a column of tuples of 1 takes no tuple of another length"
        );
        let fewer = columns::<Example>(&TABLE[..5]).unwrap_err();
        assert_eq!(fewer.to_string(), "the table has no column `key`");
    }

    #[test]
    fn a_long_text_has_its_length_in_groups_of_seven_bits() {
        #[derive(Row, Serialize)]
        struct Text {
            text: String,
        }
        let rows = [Text { text: "a".repeat(300) }];
        let block = sent(&[("text", "String")], &[&rows]).unwrap();
        assert_eq!(&block[..17], b"\x01\x01\x04text\x06String\xac\x02a");
        assert_eq!(block.len(), 16 + 300);
    }
}
