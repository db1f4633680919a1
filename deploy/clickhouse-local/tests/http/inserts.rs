//! Inserts: any format and encoding, any length, whole or not at all.

use std::io::Write;

use bytes::Bytes;

use crate::engine::fresh;

const TABLE: &str = "CREATE TABLE t (x UInt64, s String) ORDER BY x";

#[tokio::test(flavor = "multi_thread")]
async fn data_follows_in_the_url_or_in_the_body() {
    let (engine, _directory) = fresh().await;
    engine.text(TABLE).await;
    engine.text("INSERT INTO t VALUES (1, 'a\n\n;b'), (2, 'c')").await;
    engine.text("INSERT INTO t FORMAT TSV\n3\td\n").await;
    let url = engine.post(&[("query", "INSERT INTO t (s, x) FORMAT JSONEachRow")]);
    let response = url.body("{\"x\":4,\"s\":\"e\\n\\n\"}").send().await.unwrap();
    let summary: serde_json::Value =
        serde_json::from_slice(response.headers()["x-clickhouse-summary"].as_bytes()).unwrap();
    assert_eq!(summary["written_rows"], "1");
    engine.text("INSERT INTO t SELECT 5, 'f'").await;
    let stored = engine.text("SELECT groupArray((x, s)) FROM (SELECT * FROM t WHERE s != '' ORDER BY x)").await;
    assert_eq!(stored, "[(1,'a\\n\\n;b'),(2,'c'),(3,'d'),(4,'e\\n\\n'),(5,'f')]\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_body_is_unpacked() {
    let (engine, _directory) = fresh().await;
    engine.text(TABLE).await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for x in 0..500_000 {
        writeln!(gzip, "{x}\tsome text").unwrap();
    }
    let insert = engine.post(&[("query", "INSERT INTO t FORMAT TSV")]).header("content-encoding", "gzip");
    let response = insert.body(gzip.finish().unwrap()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(engine.text("SELECT count(), max(x) FROM t").await, "500000\t499999\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_stores_nothing() {
    let (engine, _directory) = fresh().await;
    engine.text(TABLE).await;
    let chunks = [Ok(Bytes::from("1\ta\n")), Err(std::io::Error::other("the client failed"))];
    let body = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
    let insert = engine.post(&[("query", "INSERT INTO t FORMAT TSV")]).body(body);
    assert!(insert.send().await.is_err());
    // The next insert comes after the broken one has been noticed.
    engine.text("INSERT INTO t VALUES (2, 'b')").await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(engine.text("SELECT x FROM t").await, "2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_row_stores_nothing_and_says_why() {
    let (engine, _directory) = fresh().await;
    engine.text(TABLE).await;
    let insert = engine.post(&[("query", "INSERT INTO t FORMAT TSV")]).body("1\ta\nx\tb\n");
    let (status, code) = crate::engine::exception_code(insert.send().await.unwrap()).await;
    assert_eq!((status, code), (400, 27));
    assert_eq!(engine.text("SELECT count() FROM t").await, "0\n");
}
