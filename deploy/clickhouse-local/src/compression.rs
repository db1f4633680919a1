//! Compressed bodies: HTTP's content encodings, and ClickHouse's own blocks (`compress=1`, `decompress=1`).

use std::io::{self, Read, Write};

use bytes::Bytes;
use lz4_flex::frame::{FrameDecoder, FrameEncoder};

use crate::errors::{Code, Exception};

/// The longest block accepted, compressed or not: ClickHouse's own limit.
const BLOCK_BYTES_MAX: usize = 1 << 30;
/// The block size in which answers are compressed, as ClickHouse does.
const BLOCK_BYTES: usize = 1 << 20;
const CHECKSUM_BYTES: usize = 16;
const HEADER_BYTES: usize = 9;
const METHOD_NONE: u8 = 0x02;
const METHOD_LZ4: u8 = 0x82;
const METHOD_ZSTD: u8 = 0x90;
/// Answers are compressed while a client waits, so speed goes before size.
const ZSTD_LEVEL: i32 = 1;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Not at all.
    Identity,
    /// gzip members.
    Gzip,
    /// zlib, which HTTP calls deflate.
    Deflate,
    /// One zstd frame.
    Zstd,
    /// One LZ4 frame.
    Lz4,
    /// ClickHouse's checksummed blocks.
    Blocks,
}

impl Encoding {
    /// The encoding of a `Content-Encoding` header; none when it is unknown.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Self::Identity,
            "gzip" | "x-gzip" => Self::Gzip,
            "deflate" => Self::Deflate,
            "zstd" => Self::Zstd,
            "lz4" => Self::Lz4,
            _ => return None,
        })
    }

    /// The first encoding of an `Accept-Encoding` header that is known and not refused by `q=0`.
    pub(crate) fn accepted(header: &str) -> Self {
        let mut known = header.split(',').filter_map(|choice| {
            let (name, weight) = choice.split_once(';').unwrap_or((choice, ""));
            let refused =
                weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.0);
            if refused { None } else { Self::from_name(name) }
        });
        known.find(|encoding| *encoding != Self::Identity).unwrap_or(Self::Identity)
    }

    /// The value of the `Content-Encoding` header; ClickHouse's blocks are no encoding of HTTP.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity | Self::Blocks => None,
            Self::Gzip => Some("gzip"),
            Self::Deflate => Some("deflate"),
            Self::Zstd => Some("zstd"),
            Self::Lz4 => Some("lz4"),
        }
    }

    /// Decompresses what `body` yields.
    pub(crate) fn reader(self, body: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Identity => body,
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(body)),
            Self::Deflate => Box::new(flate2::read::ZlibDecoder::new(body)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::new(body)?),
            Self::Lz4 => Box::new(FrameDecoder::new(body)),
            Self::Blocks => Box::new(BlockReader { body, block: Vec::new(), taken: 0 }),
        })
    }
}

/// Reads ClickHouse's blocks: checksum, method, both sizes, data.
struct BlockReader<R> {
    body: R,
    block: Vec<u8>,
    taken: usize,
}

impl<R: Read> BlockReader<R> {
    /// Replaces the block by the next one; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let mut checksum = [0; CHECKSUM_BYTES];
        if self.body.read(&mut checksum[..1])? == 0 {
            return Ok(false);
        }
        self.body.read_exact(&mut checksum[1..])?;
        let mut framed = vec![0; HEADER_BYTES];
        self.body.read_exact(&mut framed)?;
        let (compressed_bytes, plain_bytes) = (little_endian(&framed[1..5]), little_endian(&framed[5..9]));
        if !(HEADER_BYTES..=BLOCK_BYTES_MAX).contains(&compressed_bytes) || plain_bytes > BLOCK_BYTES_MAX {
            return Err(malformed("a compressed block's sizes are out of range"));
        }
        // Memory follows what really arrives, not what the header promises.
        let data_bytes = (compressed_bytes - HEADER_BYTES) as u64;
        if (&mut self.body).take(data_bytes).read_to_end(&mut framed)? as u64 != data_bytes {
            return Err(malformed("a compressed block is cut short"));
        }
        if checksum_of(&framed) != checksum {
            return Err(malformed("a compressed block does not match its checksum"));
        }
        let data = &framed[HEADER_BYTES..];
        self.block = match framed[0] {
            METHOD_NONE => data.to_vec(),
            METHOD_LZ4 => lz4_flex::block::decompress(data, plain_bytes).map_err(io::Error::other)?,
            METHOD_ZSTD => zstd::bulk::decompress(data, plain_bytes)?,
            method => {
                let reason = format!("unknown compression method {method:#04x}");
                return Err(Exception::new(Code::UnknownCompressionMethod, reason).into());
            }
        };
        self.taken = 0;
        Ok(true)
    }
}

impl<R: Read> Read for BlockReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.block.len() {
            if !self.advance()? {
                return Ok(0);
            }
        }
        let mut rest = &self.block[self.taken..];
        let read = rest.read(out)?;
        self.taken += read;
        Ok(read)
    }
}

fn malformed(reason: &str) -> io::Error {
    Exception::new(Code::CannotDecompress, reason).into()
}

fn little_endian(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte))
}

/// ClickHouse writes CityHash 1.0.2 with its high half first.
fn checksum_of(framed: &[u8]) -> [u8; CHECKSUM_BYTES] {
    cityhash_rs::cityhash_102_128(framed).rotate_left(64).to_le_bytes()
}

/// Compresses an answer chunk by chunk, each complete at once: a reader never waits for the next to see this one.
pub(crate) enum Encoder {
    /// Passes through.
    Identity,
    /// gzip.
    Gzip(flate2::write::GzEncoder<Vec<u8>>),
    /// zlib.
    Deflate(flate2::write::ZlibEncoder<Vec<u8>>),
    /// One frame over all chunks: some clients refuse a second one.
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
    /// One frame over all chunks.
    Lz4(Box<FrameEncoder<Vec<u8>>>),
    /// ClickHouse's blocks.
    Blocks,
}

impl Encoder {
    pub(crate) fn new(encoding: Encoding) -> io::Result<Self> {
        let fast = flate2::Compression::fast();
        Ok(match encoding {
            Encoding::Identity => Self::Identity,
            Encoding::Gzip => Self::Gzip(flate2::write::GzEncoder::new(Vec::new(), fast)),
            Encoding::Deflate => Self::Deflate(flate2::write::ZlibEncoder::new(Vec::new(), fast)),
            Encoding::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?),
            Encoding::Lz4 => Self::Lz4(Box::new(FrameEncoder::new(Vec::new()))),
            Encoding::Blocks => Self::Blocks,
        })
    }

    /// The bytes to send for `chunk`.
    pub(crate) fn encode(&mut self, chunk: &[u8]) -> io::Result<Bytes> {
        /// Writes, flushes and takes what came out.
        macro_rules! through {
            ($encoder:expr) => {{
                $encoder.write_all(chunk)?;
                $encoder.flush()?;
                std::mem::take($encoder.get_mut()).into()
            }};
        }
        Ok(match self {
            Self::Identity => Bytes::copy_from_slice(chunk),
            Self::Gzip(encoder) => through!(encoder),
            Self::Deflate(encoder) => through!(encoder),
            Self::Zstd(encoder) => through!(encoder),
            Self::Lz4(encoder) => through!(encoder),
            Self::Blocks => chunk.chunks(BLOCK_BYTES).flat_map(block).collect(),
        })
    }

    /// The bytes that end the answer.
    pub(crate) fn finish(self) -> io::Result<Bytes> {
        Ok(match self {
            Self::Identity | Self::Blocks => Bytes::new(),
            Self::Gzip(encoder) => encoder.finish()?.into(),
            Self::Deflate(encoder) => encoder.finish()?.into(),
            Self::Zstd(encoder) => encoder.finish()?.into(),
            Self::Lz4(encoder) => encoder.finish().map_err(io::Error::other)?.into(),
        })
    }
}

/// One of ClickHouse's blocks holding `plain`, which is at most [`BLOCK_BYTES`] long.
fn block(plain: &[u8]) -> Vec<u8> {
    let compressed = lz4_flex::block::compress(plain);
    let mut block = vec![0; CHECKSUM_BYTES];
    block.push(METHOD_LZ4);
    block.extend_from_slice(&((compressed.len() + HEADER_BYTES) as u32).to_le_bytes());
    block.extend_from_slice(&(plain.len() as u32).to_le_bytes());
    block.extend_from_slice(&compressed);
    let checksum = checksum_of(&block[CHECKSUM_BYTES..]);
    block[..CHECKSUM_BYTES].copy_from_slice(&checksum);
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Encoding; 6] =
        [Encoding::Identity, Encoding::Gzip, Encoding::Deflate, Encoding::Zstd, Encoding::Lz4, Encoding::Blocks];

    fn encode(encoding: Encoding, chunks: &[&[u8]]) -> Vec<u8> {
        let mut encoder = Encoder::new(encoding).unwrap();
        let mut out: Vec<u8> = chunks.iter().flat_map(|chunk| encoder.encode(chunk).unwrap()).collect();
        out.extend(encoder.finish().unwrap());
        out
    }

    fn decode(encoding: Encoding, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        encoding.reader(Box::new(io::Cursor::new(bytes)))?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn every_encoding_returns_what_it_was_given() {
        let long: Vec<u8> = (0..3_000_000_u32).map(|n| (n / 7) as u8).collect();
        for encoding in ALL {
            let plain = decode(encoding, encode(encoding, &[b"a", &long, b"", b"z"])).unwrap();
            assert_eq!(plain.len(), long.len() + 2, "{encoding:?}");
            assert_eq!(&plain[1..=long.len()], &long, "{encoding:?}");
        }
    }

    #[test]
    fn a_damaged_or_cut_block_is_refused() {
        let good = encode(Encoding::Blocks, &[b"some data, some data"]);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(decode(Encoding::Blocks, bad).is_err(), "byte {at}");
            let cut = decode(Encoding::Blocks, good[..at].to_vec());
            assert!(at == 0 || cut.is_err(), "cut at {at}");
        }
    }

    #[test]
    fn the_first_acceptable_encoding_is_chosen() {
        assert_eq!(Encoding::accepted("br, gzip;q=0, zstd;q=0.5, lz4"), Encoding::Zstd);
        assert_eq!(Encoding::accepted("identity, *"), Encoding::Identity);
        assert_eq!(Encoding::accepted("identity;q=1, gzip"), Encoding::Gzip);
        assert_eq!(Encoding::from_name("br"), None);
    }
}
