//! Results: streamed, whole, compressed, abandoned.

use std::io::Read;
use std::time::Duration;

use crate::engine::{exception_code, fresh};

const MANY: &str = "SELECT number FROM system.numbers LIMIT 300000";

#[tokio::test(flavor = "multi_thread")]
async fn a_header_comes_once_however_many_chunks_there_are() {
    let (engine, _directory) = fresh().await;
    for (format, lines) in [("TSV", 0), ("TSVWithNames", 1), ("TSVWithNamesAndTypes", 2), ("CSVWithNames", 1)] {
        let text = engine.text(&format!("{MANY} FORMAT {format}")).await;
        assert_eq!(text.lines().count(), 300_000 + lines, "{format}");
        assert_eq!(text.lines().nth(lines), Some("0"), "{format}");
        let none = engine.text(&format!("SELECT number FROM system.numbers LIMIT 0 FORMAT {format}")).await;
        assert_eq!(none.lines().count(), lines, "{format}");
    }
    let document = engine.text(&format!("{MANY} FORMAT JSONCompact")).await;
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["rows"], 300_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_compressed_as_asked() {
    let (engine, _directory) = fresh().await;
    let plain = engine.text(MANY).await;
    for encoding in ["gzip", "zstd", "deflate", "lz4"] {
        let response = engine.post(&[]).header("accept-encoding", encoding).body(MANY).send().await.unwrap();
        assert_eq!(response.headers()["content-encoding"], encoding);
        let bytes = response.bytes().await.unwrap();
        let mut text = String::new();
        let read = match encoding {
            "gzip" => flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text),
            "zstd" => zstd::stream::read::Decoder::new(&bytes[..]).unwrap().read_to_string(&mut text),
            "deflate" => flate2::read::ZlibDecoder::new(&bytes[..]).read_to_string(&mut text),
            _ => lz4_flex::frame::FrameDecoder::new(&bytes[..]).read_to_string(&mut text),
        };
        read.unwrap();
        assert!(text == plain && bytes.len() < plain.len(), "{encoding}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_within_a_result_breaks_the_connection_unless_the_end_is_awaited() {
    let (engine, _directory) = fresh().await;
    let sql = "SELECT throwIf(number = 3000000) FROM system.numbers LIMIT 4000000";
    let response = engine.post(&[]).body(sql).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err(), "a broken result must not look whole");
    let awaited = engine.post(&[("wait_end_of_query", "1")]).body(sql).send().await.unwrap();
    assert_eq!(exception_code(awaited).await, (500, 395));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_whose_client_left_is_cancelled() {
    let (engine, _directory) = fresh().await;
    let endless = engine.post(&[]).body("SELECT count() FROM system.numbers WHERE NOT ignore(number)");
    assert!(endless.timeout(Duration::from_millis(500)).send().await.is_err());
    let running =
        "SELECT count() FROM system.processes WHERE query LIKE '%ignore(number)%' AND query NOT LIKE '%processes%'";
    for attempt in 0.. {
        if engine.text(running).await == "0\n" {
            break;
        }
        assert!(attempt < 100, "the statement still runs");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
