//! A whole list, and the memory of the process that writes it.

use std::time::Instant;

use anyhow::ensure;
use futures::StreamExt;

use super::reader::Reader;
use crate::process::resident_bytes;
use crate::service::Service;

const MIB: u64 = 1024 * 1024;
/// Memory is looked at whenever so many bytes have come.
const LOOK_EVERY_BYTES: u64 = 4 * MIB;

/// Reads both lists in each format, the smaller one first, and says what the process held meanwhile.
pub(super) async fn measure(
    api: &Service,
    lists: [(&Reader, u64); 2],
    say: &(dyn Fn(&str) + Sync),
) -> anyhow::Result<()> {
    for format in ["ndjson", "csv", "parquet"] {
        for (reader, rows) in lists {
            let export = one(api, reader, &format!("format={format}")).await?;
            ensure!(format != "ndjson" || export.lines == rows, "{} lines of {rows}", export.lines);
            say(&format!(
                "export of {rows} rows as {format}: {} MiB in {:.1} s; the process held {} MiB at most",
                export.bytes / MIB,
                export.seconds,
                export.resident_bytes_max / MIB,
            ));
        }
    }
    Ok(())
}

/// What one export took.
struct Export {
    bytes: u64,
    lines: u64,
    seconds: f64,
    resident_bytes_max: u64,
}

async fn one(api: &Service, reader: &Reader, query: &str) -> anyhow::Result<Export> {
    let start = Instant::now();
    let response = reader.favorites(query).send().await?;
    ensure!(response.status().is_success(), "{query}: {}", response.status());
    let mut body = response.bytes_stream();
    let (mut bytes, mut lines, mut looked_at) = (0, 0, 0);
    let mut resident_bytes_max = resident_bytes(api.process_id())?;
    while let Some(chunk) = body.next().await {
        let chunk = chunk?;
        bytes += chunk.len() as u64;
        lines += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
        if bytes - looked_at >= LOOK_EVERY_BYTES {
            looked_at = bytes;
            resident_bytes_max = resident_bytes_max.max(resident_bytes(api.process_id())?);
        }
    }
    resident_bytes_max = resident_bytes_max.max(resident_bytes(api.process_id())?);
    Ok(Export { bytes, lines, seconds: start.elapsed().as_secs_f64(), resident_bytes_max })
}
