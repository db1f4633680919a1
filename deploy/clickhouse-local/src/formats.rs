//! What the engine's output formats look like: how chunks of them concatenate, and their media types.

use std::cmp::min;

/// How the chunks of a streamed result become one document; the engine starts a new one in every chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunks {
    /// Rows alone, or Native blocks: they simply follow each other.
    Plain,
    /// Each chunk begins with this many lines of header.
    HeaderLines(usize),
    /// Each chunk begins with a column count and this many strings for every column.
    BinaryHeader {
        /// One for names, two for names and types.
        strings_per_column: usize,
    },
}

/// How chunks of `format` concatenate; none when only the whole result is one document.
pub(crate) fn chunks_of(format: &str) -> Option<Chunks> {
    Some(match format {
        "RowBinary"
        | "Native"
        | "TabSeparated"
        | "TSV"
        | "TabSeparatedRaw"
        | "TSVRaw"
        | "Raw"
        | "CSV"
        | "JSONEachRow"
        | "JSONLines"
        | "NDJSON"
        | "JSONCompactEachRow"
        | "JSONStringsEachRow"
        | "JSONCompactStringsEachRow"
        | "LineAsString"
        | "RawBLOB" => Chunks::Plain,
        "TabSeparatedWithNames" | "TSVWithNames" | "JSONCompactEachRowWithNames" => Chunks::HeaderLines(1),
        "TabSeparatedWithNamesAndTypes" | "TSVWithNamesAndTypes" | "JSONCompactEachRowWithNamesAndTypes" => {
            Chunks::HeaderLines(2)
        }
        "RowBinaryWithNames" => Chunks::BinaryHeader { strings_per_column: 1 },
        "RowBinaryWithNamesAndTypes" => Chunks::BinaryHeader { strings_per_column: 2 },
        // A column's name may hold a line's end in CSV, so its header cannot be told from its rows.
        _ => return None,
    })
}

impl Chunks {
    /// Whether a result without rows is not an empty document.
    pub(crate) fn has_header(self) -> bool {
        self != Self::Plain
    }

    /// How many bytes at the start of `chunk` repeat the header.
    pub(crate) fn header_bytes(self, chunk: &[u8]) -> usize {
        match self {
            Self::Plain => 0,
            Self::HeaderLines(lines) => {
                let ends = chunk.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
                ends.map(|(at, _)| at + 1).nth(lines - 1).unwrap_or(chunk.len())
            }
            Self::BinaryHeader { strings_per_column } => binary_header(chunk, strings_per_column),
        }
    }
}

fn binary_header(chunk: &[u8], strings_per_column: usize) -> usize {
    let mut at = 0;
    let columns = variable_length(chunk, &mut at);
    for _ in 0..columns.saturating_mul(strings_per_column) {
        if at >= chunk.len() {
            break;
        }
        at = variable_length(chunk, &mut at).saturating_add(at);
    }
    min(at, chunk.len())
}

/// A LEB128 number at `at`, which moves behind it.
fn variable_length(bytes: &[u8], at: &mut usize) -> usize {
    let (mut value, mut shift) = (0_usize, 0);
    while let Some(byte) = bytes.get(*at) {
        *at += 1;
        value |= usize::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

/// The `Content-Type` of a result in `format`.
pub(crate) fn media_type(format: &str) -> &'static str {
    match format {
        "JSONEachRow" | "JSONLines" | "NDJSON" | "JSONStringsEachRow" => "application/x-ndjson; charset=UTF-8",
        "CSV" => "text/csv; charset=UTF-8; header=absent",
        "CSVWithNames" | "CSVWithNamesAndTypes" => "text/csv; charset=UTF-8; header=present",
        "Parquet" => "application/vnd.apache.parquet",
        "ArrowStream" => "application/vnd.apache.arrow.stream",
        "Arrow" => "application/vnd.apache.arrow.file",
        "XML" => "application/xml; charset=UTF-8",
        "Markdown" => "text/markdown; charset=UTF-8",
        _ if format.starts_with("JSON") => "application/json; charset=UTF-8",
        _ if format.starts_with("TabSeparated") || format.starts_with("TSV") => {
            "text/tab-separated-values; charset=UTF-8"
        }
        _ if format.starts_with("Pretty") || format == "Vertical" => "text/plain; charset=UTF-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_measured_in_each_encoding() {
        assert_eq!(chunks_of("TSV").unwrap().header_bytes(b"1\n"), 0);
        assert_eq!(chunks_of("TSVWithNames").unwrap().header_bytes(b"a\tb\n1\t2\n"), 4);
        assert_eq!(chunks_of("TSVWithNamesAndTypes").unwrap().header_bytes(b"a\nString\nx\n"), 9);
        let binary = b"\x02\x01a\x01b\x06UInt64\x06String row";
        assert_eq!(chunks_of("RowBinaryWithNamesAndTypes").unwrap().header_bytes(binary), binary.len() - 4);
        assert_eq!(chunks_of("RowBinaryWithNames").unwrap().header_bytes(binary), 5);
    }

    #[test]
    fn a_truncated_header_is_all_there_is() {
        for chunk in [&b"\x05\x01a"[..], b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x01\xff\xff\x7f", b""] {
            assert_eq!(Chunks::BinaryHeader { strings_per_column: 2 }.header_bytes(chunk), chunk.len());
            assert_eq!(Chunks::HeaderLines(1).header_bytes(chunk), chunk.len());
        }
    }

    #[test]
    fn documents_are_not_concatenated() {
        for format in ["JSON", "Parquet", "CSVWithNames", "Arrow", "Values", "Pretty", "Unheard"] {
            assert_eq!(chunks_of(format), None, "{format}");
        }
    }
}
