//! Undoes gzip and zstd, counting what comes out: a small body may hold gigabytes.

use std::io::{self, Read};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use loupe_service::problem::Problem;

use super::Limits;
use super::body::too_large;
use super::content::Encoding;
use super::in_flight::Reservation;

const CHUNK_BYTES: usize = 65_536;
/// Frames that ask for more memory than 8 MiB to be undone are refused, as RFC 8878 lets a decoder do.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// The body without its encoding. Blocks for as long as decoding takes.
pub(super) fn decode(
    encoding: Encoding,
    body: Bytes,
    limits: &Limits,
    reservation: &mut Reservation,
) -> Result<Bytes, Problem> {
    match encoding {
        Encoding::Identity if body.len() > limits.decoded_bytes_max => Err(decoded_too_large(limits)),
        Encoding::Identity => Ok(body),
        Encoding::Gzip => drain(MultiGzDecoder::new(&body[..]), encoding, limits, reservation),
        Encoding::Zstd => {
            let mut decoder =
                zstd::stream::read::Decoder::with_buffer(&body[..]).map_err(|error| bad(encoding, &error))?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|error| bad(encoding, &error))?;
            drain(decoder, encoding, limits, reservation)
        }
    }
}

fn drain(
    mut decoder: impl Read,
    encoding: Encoding,
    limits: &Limits,
    reservation: &mut Reservation,
) -> Result<Bytes, Problem> {
    let mut whole = Vec::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = decoder.read(&mut chunk).map_err(|error| bad(encoding, &error))?;
        if read == 0 {
            return Ok(Bytes::from(whole));
        }
        if whole.len() + read > limits.decoded_bytes_max {
            return Err(decoded_too_large(limits));
        }
        reservation.grow(read)?;
        whole.extend_from_slice(&chunk[..read]);
    }
}

fn decoded_too_large(limits: &Limits) -> Problem {
    too_large("decoded_bytes_max", limits.decoded_bytes_max, "bytes once decoded")
}

fn bad(encoding: Encoding, error: &io::Error) -> Problem {
    let message = format!("the body is not {}, as its Content-Encoding says: {error}", encoding.as_str());
    Problem::bad_request("malformed_encoding", message)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::http::InFlight;

    const LIMITS: Limits = Limits {
        encoded_bytes_max: 1_000_000,
        decoded_bytes_max: 200_000,
        events_per_request_max: 10,
        in_flight_bytes_max: 1_000_000,
        body_timeout: Duration::from_secs(1),
    };

    fn decoded(encoding: Encoding, body: Vec<u8>) -> Result<Bytes, Problem> {
        let mut reservation = InFlight::new(LIMITS.in_flight_bytes_max).begin().unwrap();
        decode(encoding, Bytes::from(body), &LIMITS, &mut reservation)
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(plain: &[u8]) -> Vec<u8> {
        zstd::encode_all(plain, 3).unwrap()
    }

    #[test]
    fn every_encoding_gives_back_what_was_encoded_even_in_members() {
        let plain: Vec<u8> = (0..150_000_u32).map(|n| (n % 251) as u8).collect();
        assert_eq!(decoded(Encoding::Identity, plain.clone()).unwrap(), plain);
        assert_eq!(decoded(Encoding::Gzip, gzip(&plain)).unwrap(), plain);
        assert_eq!(decoded(Encoding::Zstd, zstd(&plain)).unwrap(), plain);
        assert_eq!(decoded(Encoding::Gzip, [gzip(b"a"), gzip(b"b")].concat()).unwrap(), "ab");
        assert_eq!(decoded(Encoding::Zstd, [zstd(b"a"), zstd(b"b")].concat()).unwrap(), "ab");
    }

    #[test]
    fn the_limit_is_on_what_comes_out() {
        let bomb = vec![0; 50_000_000];
        for (encoding, body) in
            [(Encoding::Gzip, gzip(&bomb)), (Encoding::Zstd, zstd(&bomb)), (Encoding::Identity, bomb)]
        {
            let problem = decoded(encoding, body).unwrap_err();
            assert_eq!(problem.status(), 413, "{encoding:?}");
            assert!(problem.message().contains("200000 bytes once decoded (decoded_bytes_max)"), "{problem}");
        }
    }

    #[test]
    fn a_cut_or_foreign_body_is_malformed() {
        let plain = b"some words that take a few bytes".repeat(9);
        for (encoding, whole) in [(Encoding::Gzip, gzip(&plain)), (Encoding::Zstd, zstd(&plain))] {
            for body in [whole[..whole.len() - 1].to_vec(), plain.clone(), [whole.clone(), plain.clone()].concat()] {
                let problem = decoded(encoding, body).unwrap_err();
                assert_eq!((problem.status().as_u16(), problem.code()), (400, "malformed_encoding"), "{encoding:?}");
            }
        }
    }

    #[test]
    fn a_window_beyond_8_mib_is_refused() {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(25).unwrap();
        encoder.write_all(&[7; 100]).unwrap();
        let problem = decoded(Encoding::Zstd, encoder.finish().unwrap()).unwrap_err();
        assert_eq!(problem.code(), "malformed_encoding");
    }

    #[test]
    fn decoding_stops_when_there_is_no_room() {
        let mut reservation = InFlight::new(70_000).begin().unwrap();
        let problem = decode(Encoding::Gzip, gzip(&[0; 150_000]).into(), &LIMITS, &mut reservation).unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (503, "overloaded"));
    }
}
