//! The `clickhouse` crate, unchanged.

use clickhouse::{Client, Row};
use serde::{Deserialize, Serialize};

use crate::engine::fresh;

#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
struct Sample {
    id: u64,
    name: String,
    tags: Vec<String>,
}

fn samples(count: u64) -> Vec<Sample> {
    let sample = |id| Sample { id, name: format!("näme {id}\n\n'x'"), tags: vec![id.to_string(), String::new()] };
    (0..count).map(sample).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_return_as_they_were_inserted_whatever_the_compression() {
    let (engine, _directory) = fresh().await;
    for (number, compression) in [clickhouse::Compression::None, clickhouse::Compression::Lz4].into_iter().enumerate() {
        let client = Client::default().with_url(&engine.url).with_compression(compression);
        let table = format!("samples_{number}");
        let ddl = format!("CREATE TABLE {table} (id UInt64, name String, tags Array(String)) ORDER BY id");
        client.query(&ddl).execute().await.unwrap();
        let written = samples(20_000);
        let mut insert = client.insert::<Sample>(&table).await.unwrap();
        for sample in &written {
            insert.write(sample).await.unwrap();
        }
        insert.end().await.unwrap();
        let sql = format!("SELECT ?fields FROM {table} ORDER BY id");
        assert_eq!(client.query(&sql).fetch_all::<Sample>().await.unwrap(), written);
        let one = client.query(&format!("SELECT ?fields FROM {table} WHERE id = {{id:UInt64}}")).param("id", 7);
        assert_eq!(one.fetch_one::<Sample>().await.unwrap(), written[7]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_without_rows_is_no_error() {
    let (engine, _directory) = fresh().await;
    let client = Client::default().with_url(&engine.url);
    let none = client.query("SELECT number FROM system.numbers WHERE number > 5 LIMIT 0").fetch_all::<u64>().await;
    assert_eq!(none.unwrap(), Vec::<u64>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_within_a_result_reaches_the_caller_in_words() {
    let (engine, _directory) = fresh().await;
    let client = Client::default().with_url(&engine.url);
    let sql = "SELECT throwIf(number = 3000000, 'too far') + number FROM system.numbers LIMIT 4000000";
    let error = client.query(sql).fetch_all::<u64>().await.unwrap_err().to_string();
    assert!(error.contains("too far"), "{error}");
}
