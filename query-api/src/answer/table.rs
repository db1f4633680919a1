//! Tables: CSV, NDJSON and Parquet, written some rows at a time.

use std::io;
use std::sync::Arc;

use arrow_json::ReaderBuilder;
use arrow_json::reader::Decoder;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::description::schema::{Kind, Schemas};
use crate::json::csv_cell;
use crate::resource::Format;

/// Rows of a row group, which bounds what a Parquet export holds in memory.
const ROW_GROUP_ROWS: usize = 16_384;

/// The columns of a table.
pub(crate) struct Table {
    columns: Vec<Column>,
}

struct Column {
    name: String,
    /// A JSON pointer into a row.
    pointer: String,
    kind: Kind,
}

impl Table {
    /// The columns at `places` of a row that is shown as `S`, typed as the API's description says.
    pub(crate) fn of<S: ToSchema>(places: &[&str]) -> Self {
        Self::read(&Schemas::of::<S>(), places)
    }

    /// The same of rows that are shown as the list `S`.
    pub(crate) fn of_rows<S: ToSchema>(places: &[&str]) -> Self {
        Self::read(&Schemas::of::<S>().of_items(), places)
    }

    fn read(schemas: &Schemas, places: &[&str]) -> Self {
        let column = |place: &&str| Column {
            name: place.replace('/', "_"),
            pointer: format!("/{place}"),
            kind: schemas.kind_at(place),
        };
        Self { columns: places.iter().map(column).collect() }
    }

    fn cells<'r>(&self, row: &'r Value) -> impl Iterator<Item = &'r Value> {
        self.columns.iter().map(|column| row.pointer(&column.pointer).unwrap_or(&Value::Null))
    }
}

/// Writes a table in one of its formats.
pub(crate) enum Writer {
    /// With a header, which is still to be written until the first rows are.
    Csv { table: Table, is_begun: bool },
    /// Whole rows, one a line.
    NdJson,
    /// With typed columns.
    Parquet(Box<ParquetWriter>),
}

impl Writer {
    /// A writer of the format; JSON has no tables and is written as NDJSON.
    pub(crate) fn new(format: Format, table: Table) -> io::Result<Self> {
        Ok(match format {
            Format::Csv => Self::Csv { table, is_begun: false },
            Format::Json | Format::NdJson | Format::Names(_) => Self::NdJson,
            Format::Parquet => Self::Parquet(Box::new(ParquetWriter::new(table)?)),
        })
    }

    /// The bytes that these rows add; there may be none until more rows come.
    pub(crate) fn rows(&mut self, rows: &[Value]) -> io::Result<Bytes> {
        match self {
            Self::Csv { table, is_begun } => {
                let with_header = !std::mem::replace(is_begun, true);
                csv(table, rows, with_header)
            }
            Self::NdJson => Ok(rows.iter().map(|row| format!("{row}\n")).collect::<String>().into()),
            Self::Parquet(parquet) => parquet.rows(rows),
        }
    }

    /// The bytes after the last row.
    pub(crate) fn finish(self) -> io::Result<Bytes> {
        match self {
            Self::Csv { table, is_begun: false } => csv(&table, &[], true),
            Self::Csv { .. } | Self::NdJson => Ok(Bytes::new()),
            Self::Parquet(parquet) => parquet.finish(),
        }
    }
}

fn csv(table: &Table, rows: &[Value], with_header: bool) -> io::Result<Bytes> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if with_header {
        writer.write_record(table.columns.iter().map(|column| &column.name))?;
    }
    for row in rows {
        writer.write_record(table.cells(row).map(csv_cell))?;
    }
    writer.into_inner().map(Bytes::from).map_err(|error| io::Error::other(error.to_string()))
}

/// Writes Parquet into memory, from which what is complete is taken after every batch.
pub(crate) struct ParquetWriter {
    table: Table,
    decoder: Decoder,
    writer: ArrowWriter<Vec<u8>>,
}

impl ParquetWriter {
    fn new(table: Table) -> io::Result<Self> {
        let field = |column: &Column| Field::new(&column.name, column.kind.data_type(), true);
        let schema: SchemaRef = Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()));
        let decoder = ReaderBuilder::new(Arc::clone(&schema)).build_decoder().map_err(io::Error::other)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties))?;
        Ok(Self { table, decoder, writer })
    }

    fn rows(&mut self, rows: &[Value]) -> io::Result<Bytes> {
        let record = |row: &Value| -> Map<String, Value> {
            let cells = self.table.columns.iter().zip(self.table.cells(row));
            cells.map(|(column, cell)| (column.name.clone(), column.kind.cell(cell))).collect()
        };
        let records: Vec<Map<String, Value>> = rows.iter().map(record).collect();
        self.decoder.serialize(&records).map_err(io::Error::other)?;
        if let Some(batch) = self.decoder.flush().map_err(io::Error::other)? {
            self.writer.write(&batch)?;
        }
        Ok(std::mem::take(self.writer.inner_mut()).into())
    }

    fn finish(mut self) -> io::Result<Bytes> {
        self.writer.finish()?;
        Ok(std::mem::take(self.writer.inner_mut()).into())
    }
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::UInt64,
            Self::Number => DataType::Float64,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
            Self::Text | Self::Json => DataType::Utf8,
        }
    }

    /// A value as a column of this kind takes it.
    fn cell(self, value: &Value) -> Value {
        match (self, value) {
            (Self::Json | Self::Text, Value::Array(_) | Value::Object(_) | Value::Bool(_) | Value::Number(_)) => {
                value.to_string().into()
            }
            _ => value.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    #[derive(Serialize, ToSchema)]
    struct Inner {
        name: Option<String>,
        bytes: u64,
    }

    #[derive(Serialize, ToSchema)]
    struct Shown {
        id: String,
        #[schema(format = DateTime)]
        at: Option<String>,
        inner: Option<Inner>,
        share: f64,
        tags: Vec<String>,
        is_paid: bool,
    }

    const PLACES: [&str; 7] = ["id", "at", "inner/name", "inner/bytes", "share", "tags", "is_paid"];

    fn row(number: u64) -> Value {
        json!({"id": format!("=r{number}"), "at": "2026-05-02T18:04:13.000001Z",
               "inner": {"name": null, "bytes": number}, "share": 0.5, "tags": ["a", "b"], "is_paid": true})
    }

    #[test]
    fn parquet_has_typed_columns_and_every_row() {
        let mut writer = Writer::new(Format::Parquet, Table::of::<Shown>(&PLACES)).unwrap();
        let mut bytes = Vec::new();
        let mut largest = 0;
        for batch in 0..50 {
            let rows: Vec<Value> = (batch * 1000..(batch + 1) * 1000).map(row).collect();
            let part = writer.rows(&rows).unwrap();
            largest = largest.max(part.len());
            bytes.extend(part);
        }
        bytes.extend(writer.finish().unwrap());
        assert!(largest < bytes.len(), "some of it left before the end");
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        let metadata = reader.metadata().file_metadata();
        assert_eq!(metadata.num_rows(), 50_000);
        let columns = metadata.schema_descr().columns().iter();
        let types: Vec<String> =
            columns.map(|column| format!("{} {}", column.name(), column.physical_type())).collect();
        assert_eq!(
            types,
            [
                "id BYTE_ARRAY",
                "at INT64",
                "inner_name BYTE_ARRAY",
                "inner_bytes INT64",
                "share DOUBLE",
                "tags BYTE_ARRAY",
                "is_paid BOOLEAN"
            ]
        );
        let last = reader.get_row_iter(None).unwrap().last().unwrap().unwrap().to_string();
        assert!(last.contains("inner_bytes: 49999") && last.contains(r#"tags: "["a","b"]""#), "{last}");
    }

    #[test]
    fn csv_has_one_header_also_without_rows() {
        let mut writer = Writer::new(Format::Csv, Table::of::<Shown>(&PLACES)).unwrap();
        let mut text = writer.rows(&[row(1)]).unwrap().to_vec();
        text.extend(writer.rows(&[row(2)]).unwrap());
        text.extend(writer.finish().unwrap());
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.matches("inner_bytes").count(), 1);
        assert!(
            text.contains("\r\n'=r1,2026-05-02T18:04:13.000001Z,,1,0.5,\"[\"\"a\"\",\"\"b\"\"]\",true\r\n"),
            "{text}"
        );
        let empty = Writer::new(Format::Csv, Table::of::<Shown>(&PLACES)).unwrap().finish().unwrap();
        assert_eq!(empty, "id,at,inner_name,inner_bytes,share,tags,is_paid\r\n");
    }
}
