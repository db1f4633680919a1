//! Searches files for what may be in none of them: as they lie there, and decompressed as those who wrote them read them.
//!
//! ClickHouse compresses in blocks, whatever the file; Kafka compresses in batches, in segments alone. A block is known by its
//! checksum, so no file is taken for compressed that is not. What cannot be read to its end is told: it was searched in part.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use regex::bytes::{RegexSet, RegexSetBuilder};

const CHECKSUM_BYTES: usize = 16;
/// Of a block after its checksum: the method, and both sizes.
const BLOCK_HEADER_BYTES: usize = 9;
/// Of a batch: all before its records.
const BATCH_HEADER_BYTES: usize = 61;
/// Where a batch says how long the rest of it is, and how many bytes lie before that rest.
const BATCH_LENGTH_AT: usize = 8;
const BATCH_BEFORE_REST: usize = 12;
const BATCH_MAGIC_AT: usize = 16;
const BATCH_CODEC_AT: usize = 22;
/// A segment is named by its first offset, in as many digits.
const SEGMENT_DIGITS: usize = 20;

/// What is searched for.
#[derive(Debug)]
pub struct Traces {
    names: Vec<String>,
    patterns: RegexSet,
}

/// What a search came upon.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Search {
    /// Files and what was found in them, as the name of a trace.
    pub found: Vec<(PathBuf, String)>,
    /// Files of which some could not be decompressed, and why: whoever wrote them is not done, or they are unknown.
    pub unread: Vec<(PathBuf, String)>,
    /// Files that were read.
    pub files: usize,
    /// Of them, those that were decompressed.
    pub decompressed: usize,
}

impl Traces {
    /// Traces by their names.
    ///
    /// # Errors
    /// They are too many, or too long.
    pub fn new<'t>(traces: impl IntoIterator<Item = (&'t str, &'t [u8])>) -> anyhow::Result<Self> {
        let (mut names, mut patterns) = (Vec::new(), Vec::new());
        for (name, bytes) in traces {
            names.push(name.to_owned());
            patterns.push(bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>());
        }
        let patterns = RegexSetBuilder::new(patterns).unicode(false).build().context("traces")?;
        Ok(Self { names, patterns })
    }

    /// Searches every file beneath a directory but those that `skip` names.
    ///
    /// # Errors
    /// A file is there and cannot be read.
    pub fn search(&self, directory: &Path, skip: &dyn Fn(&Path) -> bool) -> anyhow::Result<Search> {
        let (mut search, mut left) = (Search::default(), vec![directory.to_owned()]);
        while let Some(path) = left.pop() {
            if skip(&path) {
                continue;
            }
            // What goes while it is looked at is no trace.
            let Some(metadata) = there(path.symlink_metadata(), &path)? else { continue };
            if metadata.is_dir() {
                let Some(entries) = there(path.read_dir(), &path)? else { continue };
                for entry in entries {
                    left.extend(there(entry, &path)?.map(|entry| entry.path()));
                }
            } else if metadata.is_file()
                && let Some(content) = there(std::fs::read(&path), &path)?
            {
                self.look(&path, &content, &mut search);
            }
        }
        Ok(search)
    }

    fn look(&self, path: &Path, content: &[u8], search: &mut Search) {
        search.files += 1;
        let plain = if is_segment(path) { batches(content) } else { blocks(content) };
        let mut matched: Vec<usize> = self.patterns.matches(content).into_iter().collect();
        if let Some(Plain { bytes, unread }) = plain {
            search.decompressed += 1;
            search.unread.extend(unread.map(|reason| (path.to_owned(), reason)));
            matched.extend(self.patterns.matches(&bytes));
        }
        matched.sort_unstable();
        matched.dedup();
        let names = matched.into_iter().filter_map(|index| self.names.get(index));
        search.found.extend(names.map(|name| (path.to_owned(), name.clone())));
    }
}

impl Search {
    /// Whether nothing was found, in files that were all read whole.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.found.is_empty() && self.unread.is_empty()
    }

    /// Whether this trace was found in a file of which `is_there` is true.
    #[must_use]
    pub fn has(&self, name: &str, is_there: impl Fn(&Path) -> bool) -> bool {
        self.found.iter().any(|(path, found)| found == name && is_there(path))
    }
}

/// What a compressed file says.
#[derive(Debug, Default)]
struct Plain {
    bytes: Vec<u8>,
    unread: Option<String>,
}

fn there<T>(read: std::io::Result<T>, path: &Path) -> anyhow::Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// ClickHouse's blocks, one after another; none when the file holds none. Checksums of a part follow a line of text.
fn blocks(content: &[u8]) -> Option<Plain> {
    let after_line = content.iter().position(|byte| *byte == b'\n').map_or(content.len(), |end| end + 1);
    let mut rest = [content, &content[after_line..]].into_iter().find(|rest| block(rest).is_some())?;
    let mut plain = Plain::default();
    while !rest.is_empty() {
        let Some((framed, after)) = block(rest) else {
            plain.unread = Some(format!("no block where {} bytes are left", rest.len()));
            break;
        };
        rest = after;
        match decompressed(framed) {
            Ok(bytes) => plain.bytes.extend(bytes),
            Err(error) => plain.unread = Some(format!("{error:#}")),
        }
    }
    Some(plain)
}

/// The first block without its checksum, which is right, and what comes after it.
fn block(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let (checksum, rest) = content.split_at_checked(CHECKSUM_BYTES)?;
    let length = number(rest.get(1..5)?);
    let (framed, after) = rest.split_at_checked(length).filter(|_| length >= BLOCK_HEADER_BYTES)?;
    // CityHash 1.0.2, its high half first.
    (cityhash_rs::cityhash_102_128(framed).rotate_left(64).to_le_bytes() == checksum).then_some((framed, after))
}

/// What a block holds. Where codecs follow one another, the bytes before one that packs numbers: text is packed by none.
fn decompressed(framed: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (header, data) = framed.split_at_checked(BLOCK_HEADER_BYTES).context("a block is shorter than its header")?;
    let plain_bytes = number(&header[5..]);
    Ok(match header[0] {
        0x02 => data.to_vec(),
        0x82 => lz4_flex::block::decompress(data, plain_bytes)?,
        0x90 => zstd::bulk::decompress(data, plain_bytes)?,
        0x91 => {
            let (methods, mut inner) = data.split_first().context("no codecs")?;
            inner = inner.get(usize::from(*methods)..).context("codecs are cut short")?;
            decompressed(inner)?
        }
        // Delta, T64, DoubleDelta, Gorilla, FPC, GCD.
        0x92..=0x95 | 0x98 | 0x9a => data.to_vec(),
        method => anyhow::bail!("the codec {method:#04x} is unknown"),
    })
}

/// The records of a segment of Kafka's, one batch after another.
fn batches(content: &[u8]) -> Option<Plain> {
    let (mut plain, mut rest) = (Plain::default(), content);
    while !rest.is_empty() {
        match batch(rest) {
            Ok((records, after)) => {
                plain.bytes.extend(records);
                rest = after;
            }
            Err(error) => {
                plain.unread = Some(format!("no batch where {} bytes are left: {error:#}", rest.len()));
                break;
            }
        }
    }
    Some(plain)
}

fn batch(content: &[u8]) -> anyhow::Result<(Vec<u8>, &[u8])> {
    let length = content.get(BATCH_LENGTH_AT..BATCH_BEFORE_REST).context("it is cut short")?;
    let length: [u8; 4] = length.try_into()?;
    let end = BATCH_BEFORE_REST + usize::try_from(u32::from_be_bytes(length))?;
    let (batch, after) = content.split_at_checked(end).context("it is cut short")?;
    let (header, records) = batch.split_at_checked(BATCH_HEADER_BYTES).context("it is shorter than its header")?;
    anyhow::ensure!(header[BATCH_MAGIC_AT] == 2, "its format {} is unknown", header[BATCH_MAGIC_AT]);
    let mut plain = Vec::new();
    match header[BATCH_CODEC_AT] & 7 {
        0 => plain.extend_from_slice(records),
        3 => drop(lz4_flex::frame::FrameDecoder::new(records).read_to_end(&mut plain)?),
        4 => drop(zstd::stream::read::Decoder::new(records)?.read_to_end(&mut plain)?),
        codec => anyhow::bail!("its codec {codec} is unknown"),
    }
    Ok((plain, after))
}

/// Whether a file is a segment of Kafka's, be it one that is about to go.
fn is_segment(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split_once(".log")
        .is_some_and(|(first, _)| first.len() == SEGMENT_DIGITS && first.bytes().all(|byte| byte.is_ascii_digit()))
}

fn number(little_endian: &[u8]) -> usize {
    little_endian.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const TEXT: &[u8] = b"a name that repeats, a name that repeats, a name that repeats: cl_AnaAna";

    fn framed(method: u8, plain: &[u8], data: &[u8]) -> Vec<u8> {
        let mut framed = vec![method];
        framed.extend(u32::try_from(data.len() + BLOCK_HEADER_BYTES).unwrap().to_le_bytes());
        framed.extend(u32::try_from(plain.len()).unwrap().to_le_bytes());
        framed.extend_from_slice(data);
        framed
    }

    fn with_checksum(framed: &[u8]) -> Vec<u8> {
        let mut block = cityhash_rs::cityhash_102_128(framed).rotate_left(64).to_le_bytes().to_vec();
        block.extend_from_slice(framed);
        block
    }

    fn lz4(plain: &[u8]) -> Vec<u8> {
        framed(0x82, plain, &lz4_flex::block::compress(plain))
    }

    fn zstd(plain: &[u8]) -> Vec<u8> {
        framed(0x90, plain, &zstd::bulk::compress(plain, 1).unwrap())
    }

    fn batch_of(codec: u8, records: &[u8]) -> Vec<u8> {
        let mut batch = vec![0; BATCH_HEADER_BYTES];
        batch[BATCH_MAGIC_AT] = 2;
        batch[BATCH_CODEC_AT] = codec;
        batch.extend_from_slice(records);
        let length = u32::try_from(batch.len() - BATCH_BEFORE_REST).unwrap();
        batch[BATCH_LENGTH_AT..BATCH_BEFORE_REST].copy_from_slice(&length.to_be_bytes());
        batch
    }

    fn search(name: &str, content: &[u8]) -> Search {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(name), content).unwrap();
        let traces = Traces::new([("Ana", &b"cl_AnaAna"[..])]).unwrap();
        traces.search(directory.path(), &|_| false).unwrap()
    }

    #[track_caller]
    fn expect_found(name: &str, content: &[u8]) {
        let search = search(name, content);
        assert!(search.has("Ana", |path| path.ends_with(name)) && search.unread.is_empty(), "{search:?}");
    }

    #[test]
    fn a_trace_is_found_in_every_codec_and_over_the_end_of_a_block() {
        let (left, right) = TEXT.split_at(TEXT.len() - 4);
        for codec in [lz4, zstd, |plain: &[u8]| framed(0x02, plain, plain)] {
            expect_found("data.bin", &[with_checksum(&codec(left)), with_checksum(&codec(right))].concat());
        }
        let in_line = [2, 0x02, 0x90].iter().copied().chain(zstd(TEXT)).collect::<Vec<_>>();
        expect_found("data.bin", &with_checksum(&framed(0x91, TEXT, &in_line)));
        expect_found("checksums.txt", &[b"checksums format version: 4\n", &with_checksum(&lz4(TEXT))[..]].concat());
        expect_found("sets.sql", TEXT);
    }

    #[test]
    fn a_trace_is_found_in_batches_of_any_segment() {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(TEXT).unwrap();
        let records = encoder.finish().unwrap();
        let first = batch_of(0, b"nobody");
        expect_found("00000000000000000007.log", &[&first[..], &batch_of(3, &records)].concat());
        let records = zstd::encode_all(TEXT, 1).unwrap();
        expect_found("00000000000000000007.log.deleted", &[&first[..], &batch_of(4, &records)].concat());
    }

    #[test]
    fn what_cannot_be_read_to_its_end_is_told() {
        let block = with_checksum(&lz4(b"nobody"));
        assert!(search("data.bin", &block).is_clean());
        assert!(!search("data.bin", &[&block[..], &with_checksum(&lz4(TEXT))[..20]].concat()).is_clean());
        assert!(!search("data.bin", &with_checksum(&framed(0x96, b"?", b"?"))).is_clean());
        assert!(!search("00000000000000000000.log", &batch_of(2, b"snappy")).is_clean());
        assert!(!search("00000000000000000000.log", b"no batch").is_clean());
    }
}
