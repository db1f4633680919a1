//! Sessions keep what a session should, and nothing of a request.

use crate::engine::{exception_code, fresh};

#[tokio::test(flavor = "multi_thread")]
async fn temporary_tables_and_settings_last_as_long_as_the_session() {
    let (engine, _directory) = fresh().await;
    let run = |fields: &[(&str, &str)], sql: &str| {
        let fields = [&[("session_id", "s")], fields].concat();
        engine.post(&fields).body(sql.to_owned()).send()
    };
    // An answer has ended with its body, and the session serves the next request from then on.
    run(&[], "CREATE TEMPORARY TABLE t AS SELECT 42 AS x").await.unwrap().text().await.unwrap();
    run(&[], "SET max_block_size = 777").await.unwrap().text().await.unwrap();
    assert_eq!(run(&[], "SELECT x FROM t").await.unwrap().text().await.unwrap(), "42\n");
    let setting = "SELECT getSetting('max_block_size'), currentDatabase()";
    let once = run(&[("max_block_size", "555"), ("database", "system")], setting).await.unwrap();
    assert_eq!(once.text().await.unwrap(), "555\tsystem\n");
    assert_eq!(run(&[], setting).await.unwrap().text().await.unwrap(), "777\tdefault\n");
    let other = engine.post(&[("session_id", "other")]).body("SELECT x FROM t").send().await.unwrap();
    assert_eq!(exception_code(other).await, (404, 60));
    run(&[("close_session", "1")], "SELECT 1").await.unwrap().text().await.unwrap();
    let closed = run(&[("session_check", "1")], "SELECT 1").await.unwrap();
    assert_eq!(exception_code(closed).await.1, 372);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_serves_one_request_at_a_time() {
    let (engine, _directory) = fresh().await;
    let slow = engine.post(&[("session_id", "s")]).body("SELECT sleep(1)").send();
    let second = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        engine.post(&[("session_id", "s")]).body("SELECT 1").send().await.unwrap()
    };
    let (slow, second) = tokio::join!(slow, second);
    assert_eq!(slow.unwrap().status(), 200);
    assert_eq!(exception_code(second).await.1, 373);
}
